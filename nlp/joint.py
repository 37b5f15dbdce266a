"""Several linear classifiers over the same columns, asked together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nlp.grams import SparseRow
from nlp.linear import CalibratedLinear
from nlp.state import Array


class JointLinear:
    """The weights of all classifiers side by side: a row looks at them once for all."""

    def __init__(self, classifiers: Mapping[str, CalibratedLinear]) -> None:
        self.names = list(classifiers)
        ones = list(classifiers.values())
        self.sizes = np.array([len(one.classes_) for one in ones])
        """How many labels each classifier has."""
        self.starts = np.cumsum(self.sizes) - self.sizes
        """Where its labels begin among those of all."""
        self.places = {
            name: {label: int(start) + place for place, label in enumerate(one.classes_)}
            for (name, one), start in zip(classifiers.items(), self.starts, strict=True)
        }
        """Where each label of each classifier stands among those of all."""
        self._weights = np.hstack([one.weights for one in ones])
        self._offsets = np.concatenate([one.offsets for one in ones])
        self._shifts = np.concatenate([one.shifts for one in ones])
        self._temperatures = np.repeat([one.temperature for one in ones], self.sizes)

    def __contains__(self, name: str) -> bool:
        return name in self.places

    def read(self, row: SparseRow, shown: int = 0) -> Reading:
        """What the classifiers make of one row; its first `shown` columns can be explained."""
        columns, values = row
        weights = self._weights[columns]
        parts = weights[:shown] * values[:shown, None]
        margins = parts.sum(axis=0) + values[shown:] @ weights[shown:] + self._offsets
        scores = margins.astype(np.float64) / self._temperatures + self._shifts
        return Reading(self, parts, self._softmax(scores))

    def _softmax(self, scores: Array) -> Array:
        """Of the labels of each classifier by itself."""
        highest = np.maximum.reduceat(scores, self.starts)
        raised = np.exp(scores - np.repeat(highest, self.sizes))
        return np.asarray(raised / np.repeat(np.add.reduceat(raised, self.starts), self.sizes))


class Reading:
    """One row as all classifiers see it. Made by `JointLinear.read`."""

    def __init__(self, joint: JointLinear, parts: NDArray[np.float32], chances: Array) -> None:
        """`parts` is `(columns shown, labels of all)`, `chances` `(labels of all,)`."""
        self._joint = joint
        self._parts = parts
        self._chances = chances

    def chances(self, name: str) -> dict[str, float]:
        """Calibrated probability of each label of classifier `name`."""
        places = self._joint.places[name]
        first = min(places.values())
        found = self._chances[first : first + len(places)].tolist()
        return dict(zip(places, found, strict=True))

    def contributions(self, labels: Mapping[str, str]) -> NDArray[np.float32]:
        """What each column shown adds to one label of each named classifier.

        `(columns shown, len(labels))` in units of the margin, above the mean of all labels of the
        classifier, as `CalibratedLinear.contributions` has it.
        """
        joint = self._joint
        means = np.add.reduceat(self._parts, joint.starts, axis=1) / joint.sizes
        heads = [joint.names.index(name) for name in labels]
        chosen = [joint.places[name][label] for name, label in labels.items()]
        return np.asarray(self._parts[:, chosen] - means[:, heads], dtype=np.float32)
