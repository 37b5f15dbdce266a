"""What a trained model says about one message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from classifier.labels import SILENT, TARGETS
from classifier.store import ModelError, load_metadata, load_model
from classifier.wishes import PERSON, may_call
from nlp import CalibratedLinear, Embedder, HybridFeatures, TextClassifier, load_embedder
from nlp.clauses import clauses
from nlp.evidence import Evidence, says_something
from nlp.features import Prepared
from nlp.joint import JointLinear, Reading
from nlp.state import Reader, StateError

_EVIDENCE = 4
_LONGEST = 2_000


class Settled(Protocol):
    """The impact and urgency to go by, and how probable (0–1) what follows from them is."""

    @property
    def impact(self) -> int: ...
    @property
    def urgency(self) -> int: ...
    @property
    def confidence(self) -> float: ...


Settle = Callable[[Sequence[float], Sequence[float]], Settled]
"""Chooses impact and urgency together from the probabilities of their scales 1…4."""


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
    priority_confidence: float
    """How probable (0–1) the priority is that follows from impact and urgency."""
    wants_person: float | None = None
    """How probable (0–1) it is that the customer wants a person; None when nothing was learned."""


class TriageClassifier:
    """The desk's six labels from one set of features. Thread-safe once loaded."""

    def __init__(
        self,
        features: HybridFeatures,
        heads: JointLinear,
        settle: Settle | None = None,
    ) -> None:
        """Made by `load`; `heads` has one classifier a target."""
        self._features = features
        self._heads = heads
        self._settle = settle

    @classmethod
    def load(
        cls,
        folder: Path,
        embedder_named: Callable[[str], Embedder] = load_embedder,
        *,
        settle: Settle | None = None,
    ) -> TriageClassifier:
        """Load what `train_triage` saved and warm it up; raises `ModelError`.

        Without `settle` impact and urgency are each the most probable one.
        """
        load_metadata(folder, "triage")
        try:
            state = Reader(load_model(folder))
            stored = state.child("features")
            embedder = embedder_named(Reader(stored).text("embedder"))
            heads = Reader(state.child("heads"))
            known = (*TARGETS, PERSON) if heads.has(PERSON) else TARGETS
            learned = {name: CalibratedLinear.from_state(heads.child(name)) for name in known}
            model = cls(HybridFeatures.from_state(stored, embedder), JointLinear(learned), settle)
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
            silent = {target: LabelGuess(SILENT[target], 0.0, ()) for target in TARGETS}
            return _prediction(silent, 0.0, None if PERSON not in self._heads else 0.0)
        evidence = Evidence(self._features, prepared, text)
        row, *parts = self._features.sparse([prepared, *self._parts(prepared.text)])
        shown = row[0][: np.searchsorted(row[0], self._features.embedding_start)]
        reading = self._heads.read(row, len(shown))
        chances = {target: reading.chances(target) for target in TARGETS}
        chosen = {target: max(known, key=known.__getitem__) for target, known in chances.items()}
        sure = min(chances[scale][chosen[scale]] for scale in ("impact", "urgency"))
        if self._settle is not None:
            settled = self._settle(_scale(chances["impact"]), _scale(chances["urgency"]))
            chosen |= {"impact": str(settled.impact), "urgency": str(settled.urgency)}
            sure = settled.confidence
        learned = {target: key for target, key in chosen.items() if key in chances[target]}
        words = evidence.words_of_each(shown, reading.contributions(learned), _EVIDENCE)
        because = dict(zip(learned, words, strict=True))
        guesses = {
            target: LabelGuess(key, chances[target].get(key, 0.0), tuple(because.get(target, ())))
            for target, key in chosen.items()
        }
        readings = [reading, *map(self._heads.read, parts)]
        return _prediction(guesses, sure, self._wants_person(readings))

    def _parts(self, text: str) -> list[Prepared]:
        """Parts that may each want a person: 「冰箱漏水了，快接真人」."""
        if PERSON not in self._heads:
            return []
        return [self._features.prepare(part.text) for part in clauses(text) if may_call(part.text)]

    def _wants_person(self, readings: Sequence[Reading]) -> float | None:
        """The most any part of the message wants it."""
        if PERSON not in self._heads:
            return None
        return max(reading.chances(PERSON)["1"] for reading in readings)


def _scale(chances: dict[str, float]) -> list[float]:
    """Probabilities of 1, 2, 3, 4; one that training never saw is impossible."""
    return [chances.get(str(step), 0.0) for step in range(1, 5)]


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


def _prediction(
    guesses: dict[str, LabelGuess], sure: float, wants_person: float | None
) -> TriagePrediction:
    anger = guesses["anger"]
    return TriagePrediction(
        category=guesses["category"],
        nature=guesses["nature"],
        impact=guesses["impact"],
        urgency=guesses["urgency"],
        sentiment=guesses["sentiment"],
        anger=AngerGuess(anger.key == "1", anger.confidence, anger.evidence),
        priority_confidence=sure,
        wants_person=wants_person,
    )
