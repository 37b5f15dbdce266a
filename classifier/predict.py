"""What a trained model says about one message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from classifier.labels import SILENT, TARGETS
from classifier.store import ModelError, load_metadata, load_model
from nlp import CalibratedLinear, Embedder, HybridFeatures, TextClassifier, load_embedder
from nlp.evidence import Evidence, says_something
from nlp.state import Reader, StateError

_EVIDENCE = 4
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class LabelGuess:
    """A label key, its calibrated probability (0–1) and the words that decided it."""

    key: str
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AngerGuess:
    """Is the customer angry? `confidence` (0–1) belongs to `flag` as it stands."""

    flag: bool
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TriagePrediction:
    """The labels of one message (norms §1); impact and urgency have the keys `"1"` to `"4"`."""

    category: LabelGuess
    nature: LabelGuess
    impact: LabelGuess
    urgency: LabelGuess
    sentiment: LabelGuess
    anger: AngerGuess


class TriageClassifier:
    """The desk's six labels from one set of features. Thread-safe once loaded."""

    def __init__(self, features: HybridFeatures, heads: dict[str, CalibratedLinear]) -> None:
        """Made by `load`; `heads` has one trained model a target."""
        self._features = features
        self._heads = heads

    @classmethod
    def load(
        cls, folder: Path, embedder_named: Callable[[str], Embedder] = load_embedder
    ) -> TriageClassifier:
        """Load what `train_triage` saved and warm it up; raises `ModelError`."""
        load_metadata(folder, "triage")
        try:
            state = Reader(load_model(folder))
            stored = state.child("features")
            embedder = embedder_named(Reader(stored).text("embedder"))
            heads = Reader(state.child("heads"))
            model = cls(
                HybridFeatures.from_state(stored, embedder),
                {target: CalibratedLinear.from_state(heads.child(target)) for target in TARGETS},
            )
        except (StateError, ValueError) as error:
            raise ModelError(f"{folder}: {error}") from error
        model.predict("预热")
        return model

    def predict(self, text: str) -> TriagePrediction:
        """Labels of `text`; of a text over 2,000 characters the beginning decides.

        A text without a letter, digit, Chinese character or emoji says nothing: `labels.SILENT`
        with confidence 0.
        """
        text = text[:_LONGEST]
        prepared = self._features.prepare(text)
        if not says_something(prepared.text):
            return _prediction({target: LabelGuess(SILENT[target], 0.0, ()) for target in TARGETS})
        row = self._features.rows([prepared])
        evidence = Evidence(self._features, prepared, text)
        guesses: dict[str, LabelGuess] = {}
        for target, head in self._heads.items():
            chances = head.predict_proba(row)[0]
            key = head.classes_[int(chances.argmax())]
            words = evidence.words(*head.contributions(row, key), _EVIDENCE)
            guesses[target] = LabelGuess(key, float(chances.max()), tuple(words))
        return _prediction(guesses)


class LabelClassifier:
    """A model for one label of any file, with the columns it was trained on."""

    def __init__(self, model: TextClassifier, text: str, label: str) -> None:
        """Made by `load`."""
        self.model = model
        self.text = text
        self.label = label

    @classmethod
    def load(
        cls, folder: Path, embedder_named: Callable[[str], Embedder] = load_embedder
    ) -> LabelClassifier:
        """Load what `train_labels` saved; raises `ModelError`."""
        about = load_metadata(folder, "labels")
        try:
            state = load_model(folder)
            name = Reader(Reader(state).child("features")).text("embedder")
            model = TextClassifier.from_state(state, embedder_named(name))
        except (StateError, ValueError) as error:
            raise ModelError(f"{folder}: {error}") from error
        return cls(model, str(about["text"]), str(about["label"]))

    def predict(self, text: str, top: int = 3) -> list[LabelGuess]:
        """The `top` most probable labels; the first with its evidence."""
        best, *others = self.model.predict(text)[:top]
        words = self.model.explain(text, best[0], _EVIDENCE)
        return [
            LabelGuess(best[0], best[1], tuple(words)),
            *(LabelGuess(key, chance, ()) for key, chance in others),
        ]


def _prediction(guesses: dict[str, LabelGuess]) -> TriagePrediction:
    anger = guesses["anger"]
    return TriagePrediction(
        category=guesses["category"],
        nature=guesses["nature"],
        impact=guesses["impact"],
        urgency=guesses["urgency"],
        sentiment=guesses["sentiment"],
        anger=AngerGuess(anger.key == "1", anger.confidence, anger.evidence),
    )
