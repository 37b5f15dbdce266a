"""A text classifier in one object: features, calibrated linear model, evidence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.cues import CueTable
from nlp.embedding import Embedder
from nlp.evidence import Evidence
from nlp.features import FeatureSettings, HybridFeatures
from nlp.linear import CalibratedLinear, Probabilities
from nlp.state import Reader, State
from nlp.tokens import Tokenizer


class TextClassifier:
    """Learns labels of texts and says how sure it is and why."""

    def __init__(
        self,
        embedder: Embedder,
        tokenizer: Tokenizer | None = None,
        settings: FeatureSettings | None = None,
        linear: CalibratedLinear | None = None,
        cues: CueTable | None = None,
    ) -> None:
        self.features = HybridFeatures(embedder, tokenizer or Tokenizer(), settings, cues)
        self._linear = linear or CalibratedLinear()

    @property
    def classes(self) -> list[str]:
        """The labels, in the order of the columns of `predict_proba`."""
        return self._linear.classes_

    @property
    def cross_validated_accuracy(self) -> float:
        """Share of the training texts named rightly while they were held out (0–1)."""
        return self._linear.cross_validated_accuracy

    @property
    def held_out(self) -> tuple[NDArray[np.int64], Probabilities]:
        """`(rows, chances)`: what was said of training texts while they were held out.

        Only known right after `fit`.
        """
        return self._linear.held_out_rows, self._linear.held_out_chances

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        typical: NDArray[np.bool_] | None = None,
    ) -> TextClassifier:
        """Learn; raises `ValueError` for unequal lengths or fewer than two labels.

        `typical` marks the texts that are like what will be asked; confidence is fitted on them.
        """
        if len(texts) != len(labels):
            raise ValueError(f"{len(texts)} texts but {len(labels)} labels")
        self._linear.fit(self.features.fit_transform(texts), labels, typical)
        return self

    def predict_proba(self, texts: Sequence[str]) -> Probabilities:
        """`(len(texts), k)` calibrated probabilities, rows sum to 1."""
        return self._linear.predict_proba(self.features.transform(texts))

    def decision(self, texts: Sequence[str]) -> Probabilities:
        """`(len(texts), k)` margins; all below 0 when the text looks like no label at all."""
        return self._linear.decision(self.features.transform(texts))

    def predict(self, text: str) -> list[tuple[str, float]]:
        """All labels with their probabilities, the most probable first."""
        chances = self.predict_proba([text])[0].tolist()
        return sorted(zip(self.classes, chances, strict=True), key=lambda pair: (-pair[1], pair[0]))

    def explain(self, text: str, label: str, top: int = 5) -> list[str]:
        """At most `top` words of `text` that speak for `label`, the heaviest first.

        Raises `ValueError` for an unknown label.
        """
        prepared = self.features.prepare(text)
        row = self.features.rows([prepared])
        columns, weights = self._linear.contributions(row, label)
        return Evidence(self.features, prepared, text).words(columns, weights, top)

    def to_state(self) -> State:
        """Plain data for any safe format (`nlp.state.save_state`, skops); no pickle."""
        return {"features": self.features.to_state(), "linear": self._linear.to_state()}

    @classmethod
    def from_state(cls, state: State, embedder: Embedder) -> TextClassifier:
        """The classifier that gave `state`; `ValueError` when it does not fit `embedder`."""
        reader = Reader(state)
        model = cls(embedder)
        model.features = HybridFeatures.from_state(reader.child("features"), embedder)
        model._linear = CalibratedLinear.from_state(reader.child("linear"))
        return model
