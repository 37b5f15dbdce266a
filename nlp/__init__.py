"""Chinese text understanding shared by the desk (`classifier/`) and its bot (`bot/components`).

Runs in both environments of the project (Python 3.10 with scikit-learn 1.1, and the main one);
a saved model never crosses from one to the other.
"""

from nlp.cues import CueTable
from nlp.embedding import Embedder, HashingEmbedder, SentenceEmbedder, load_embedder
from nlp.features import FeatureSettings, HybridFeatures
from nlp.linear import CalibratedLinear
from nlp.normalise import normalise
from nlp.state import load_state, save_state
from nlp.text_model import TextClassifier
from nlp.tokens import Tokenizer

__all__ = [
    "CalibratedLinear",
    "CueTable",
    "Embedder",
    "FeatureSettings",
    "HashingEmbedder",
    "HybridFeatures",
    "SentenceEmbedder",
    "TextClassifier",
    "Tokenizer",
    "load_embedder",
    "load_state",
    "normalise",
    "save_state",
]
