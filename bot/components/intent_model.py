"""The flat model of the intent classifier, and a model of the kind of message that helps it.

A task has a few dozen lines, the knowledge base thousands, and both speak of the same things. What
tells them apart, a wish to have something done from a question, is the same for all tasks: it is
learned once, from all of them together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from nlp.embedding import Embedder
from nlp.features import FeatureSettings, HybridFeatures
from nlp.linear import CalibratedLinear, Probabilities, softmax
from nlp.state import Reader, State
from nlp.tokens import Tokenizer

_MANY = 400_000
"""Examples times labels from which the features are lean: the fit of a knowledge base takes half
the time and its weights half the memory, for a few tenths of a point of accuracy at most."""
_LEAN = FeatureSettings(directions=192, most_grams=25_000)
_STRENGTH = 0.5
_LEAST = 1e-9


class IntentModel:
    """Learns labels of texts, each label being of a kind, and says how probable each is."""

    def __init__(self, features: HybridFeatures) -> None:
        self.features = features
        self._labels = CalibratedLinear()
        self._kinds = CalibratedLinear(strength=_STRENGTH, balanced=True)
        self._kind_of: list[str] = []
        self._weight = 0.0
        self._shifts: NDArray[np.float64] = np.zeros(0)
        self._held_out: tuple[NDArray[np.int64], Probabilities] | None = None

    @classmethod
    def for_many(cls, embedder: Embedder, tokenizer: Tokenizer, cells: int) -> IntentModel:
        """A model yet to learn of `cells` = examples times labels."""
        if cells <= _MANY:
            return cls(HybridFeatures(embedder, tokenizer))
        model = cls(HybridFeatures(embedder, tokenizer, _LEAN))
        model._labels = CalibratedLinear(strength=_STRENGTH)
        return model

    @property
    def classes(self) -> list[str]:
        """The labels, in the order of the columns of `predict_proba`."""
        return self._labels.classes_

    @property
    def held_out(self) -> tuple[NDArray[np.int64], Probabilities]:
        """`(rows, chances)`: what was said of training texts while they were held out.

        Only known right after `fit`.
        """
        assert self._held_out is not None
        return self._held_out

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        kinds: Sequence[str],
        typical: NDArray[np.bool_],
    ) -> IntentModel:
        """Learn; `kinds` are those of the labels, confidence is fitted on the `typical` texts.

        Raises `ValueError` for fewer than two labels.
        """
        rows = self.features.fit_transform(texts)
        self._labels.fit(rows, labels, typical)
        kind_of = dict(zip(labels, kinds, strict=True))
        self._kind_of = [kind_of[label] for label in self.classes]
        held, chances = self._labels.held_out_rows, self._labels.held_out_chances
        if len(set(kinds)) > 1:
            self._kinds.fit(rows, kinds, typical)
            held, mine, theirs = np.intersect1d(
                held, self._kinds.held_out_rows, assume_unique=True, return_indices=True
            )
            of_kinds = self._by_label(self._kinds.held_out_chances[theirs])
            truth = [self.classes.index(labels[row]) for row in held.tolist()]
            self._weigh(_logs(chances[mine]), of_kinds, np.array(truth))
            chances = self._joined(_logs(chances[mine]), of_kinds)
        self._held_out = (held, chances)
        return self

    def predict_proba(self, texts: Sequence[str]) -> Probabilities:
        """`(len(texts), k)` calibrated probabilities, rows sum to 1."""
        rows = self.features.transform(texts)
        chances = self._labels.predict_proba(rows)
        if not self._kinds.classes_:
            return chances
        return self._joined(_logs(chances), self._by_label(self._kinds.predict_proba(rows)))

    def to_state(self) -> State:
        """Plain data for `from_state`."""
        known = bool(self._kinds.classes_)
        return {
            "features": self.features.to_state(),
            "labels": self._labels.to_state(),
            "kind_of": self._kind_of,
            "weight": self._weight,
            "shifts": self._shifts,
            **({"kinds": self._kinds.to_state()} if known else {}),
        }

    @classmethod
    def from_state(cls, state: State, embedder: Embedder) -> IntentModel:
        """The model that gave `state`; `ValueError` when it does not fit `embedder`."""
        reader = Reader(state)
        model = cls(HybridFeatures.from_state(reader.child("features"), embedder))
        model._labels = CalibratedLinear.from_state(reader.child("labels"))
        model._kind_of = reader.strings("kind_of")
        model._weight = reader.number("weight")
        model._shifts = reader.array("shifts")
        if reader.has("kinds"):
            model._kinds = CalibratedLinear.from_state(reader.child("kinds"))
        return model

    def _by_label(self, of_kinds: Probabilities) -> Probabilities:
        """`(n, k)`: log-probability of the kind of each label."""
        return _logs(of_kinds)[:, self._columns()]

    def _columns(self) -> NDArray[np.int64]:
        return np.array([self._kinds.classes_.index(kind) for kind in self._kind_of])

    def _joined(self, of_labels: Probabilities, of_kinds: Probabilities) -> Probabilities:
        """Probabilities from the log-probabilities of labels and of their kinds, `(n, k)` each."""
        return softmax(of_labels + self._weight * of_kinds + self._shifts)

    def _weigh(
        self, of_labels: Probabilities, of_kinds: Probabilities, truth: NDArray[np.int64]
    ) -> None:
        """Find how much the kinds count and one offset a kind: least log loss on held-out rows."""
        count, columns = len(truth), self._columns()
        member = np.eye(len(self._kinds.classes_))[columns]
        right = np.zeros_like(of_labels)
        right[np.arange(count), truth] = 1.0

        def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            offsets = member @ parameters[1:]
            chances = softmax(of_labels + parameters[0] * of_kinds + offsets)
            picked = np.maximum(chances[np.arange(count), truth], _LEAST)
            slope = (chances - right) / count
            gradient = np.concatenate([[(slope * of_kinds).sum()], slope.sum(axis=0) @ member])
            return float(-np.log(picked).mean()), gradient

        start = np.zeros(1 + len(self._kinds.classes_))
        found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=_bounds(len(start)))
        self._weight = float(found.x[0])
        self._shifts = member @ found.x[1:]


def _bounds(parameters: int) -> list[tuple[float, float]]:
    return [(0.0, 1.0), *[(-2.0, 2.0)] * (parameters - 1)]


def _logs(chances: Probabilities) -> Probabilities:
    return np.log(np.maximum(chances, _LEAST))
