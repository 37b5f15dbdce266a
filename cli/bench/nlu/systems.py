"""What is compared: pipelines of Rasa 3.6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cli.settings import REPOSITORY

OURS = ("JiebaTokenizer", "bot.components.hybrid_classifier.HybridIntentClassifier")
_PATHS = ("dictionary_path", "lexicon")

_FEATURES: tuple[Mapping[str, Any], ...] = (
    {"name": "JiebaTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
)


@dataclass(frozen=True)
class System:
    """One competitor; `pipeline` is what stands in Rasa's `config.yml`."""

    key: str
    name: str
    pipeline: Sequence[Mapping[str, Any]]


def systems(config: Path = REPOSITORY / "config.yml") -> dict[str, System]:
    """All competitors in the order they are shown; ours has the settings the desk uses."""
    return {
        "diet": System(
            "diet",
            "Rasa 3.6 DIET (100 epochs)",
            (*_FEATURES, {"name": "DIETClassifier", "epochs": 100}),
        ),
        "logistic": System(
            "logistic",
            "Rasa 3.6 LogisticRegression",
            (*_FEATURES, {"name": "LogisticRegressionClassifier"}),
        ),
        "ours": System("ours", "分诊台 fenzhen", _our_pipeline(config)),
    }


def _our_pipeline(config: Path) -> list[Mapping[str, Any]]:
    """The tokenizer and the intent classifier of the desk; there are no entries to select."""
    found: list[Mapping[str, Any]] = []
    for part in yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]:
        if part["name"] in OURS:
            paths = {key: str(REPOSITORY / part[key]) for key in _PATHS if part.get(key)}
            found.append({**part, **paths})
    return found
