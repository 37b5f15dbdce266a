"""Which knowledge entry answers a question, and whether that is sure enough to say it."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.components.context import in_context
from bot.components.shared import FAQ_CHANCES, RECENT, THRESHOLD

FAQ_RANKING = "faq_ranking"
"""Message output: the best entries, `[{"key", "score"}]`, best first; a score is 0–1."""
FAQ_DECISION = "faq_decision"
"""Message output: `{"verdict": answer|suggest|plausible|none, "offer": [key]}`."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FaqSelector(GraphComponent, IntentClassifier):
    """Ranks knowledge entries and settles the intent; learns nothing itself.

    The score of an entry is its probability in the flat model of `HybridIntentClassifier`. A
    question that leaves open what it is about (「那要多久？」) is read in the light of the entries
    the conversation got before: entries of the same business line weigh more. A message that is
    neither a known entry nor surely another intent becomes the fallback intent.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings and their defaults; thresholds are scores, 0–1.

        `context_weight` is how much more probable an unsure entry of the recent business line is.
        """
        return {
            "faq_intent": "faq",
            "fallback_intent": "nlu_fallback",
            "ranking_length": 3,
            "context_weight": 2.5,
            "answer_threshold": 0.45,
            "suggest_threshold": 0.15,
            "plausible_threshold": 0.08,
            "mention_threshold": 0.03,
            "intent_threshold": 0.5,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,  # noqa: ARG003 - Rasa's signature
        resource: Resource,  # noqa: ARG003
        execution_context: ExecutionContext,  # noqa: ARG003
    ) -> FaqSelector:
        """A selector with these settings."""
        return cls(config)

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
        chances: dict[str, float] = message.get(FAQ_CHANCES) or {}
        recent = (message.get("metadata") or {}).get(RECENT) or ()
        if recent and max(chances.values(), default=1.0) < self._config["answer_threshold"]:
            chances = in_context(chances, recent, self._config["context_weight"])
        best = sorted(chances.items(), key=lambda pair: -pair[1])[: self._config["ranking_length"]]
        ranking = [(key, round(min(chance, 1.0), 4)) for key, chance in best]
        return [{"key": key, "score": score} for key, score in ranking if score > 0]

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
        least = message.get(THRESHOLD)
        least = self._config["intent_threshold"] if least is None else least
        if intent["name"] == self._config["faq_intent"]:
            settled = intent if best >= self._config["suggest_threshold"] else None
        else:
            settled = intent if intent["name"] and intent["confidence"] >= least else None
        if settled is None:
            settled = {
                "name": self._config["fallback_intent"],
                "confidence": round(1.0 - intent["confidence"], 4),
            }
            ranking = message.get(INTENT_RANKING_KEY) or []
            message.set(INTENT_RANKING_KEY, [settled, *ranking], add_to_output=True)
        message.set(INTENT, settled, add_to_output=True)
