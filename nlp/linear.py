"""A linear classifier whose probabilities can be believed.

One-vs-rest linear support vector machines (liblinear), their margins turned into probabilities by
a softmax with a temperature and one offset a class, fitted on out-of-fold margins (temperature
scaling: Guo et al. 2017, "On Calibration of Modern Neural Networks").
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from nlp.state import Array, Reader, State

Probabilities = NDArray[np.float64]
"""`(n, k)`, rows sum to 1, columns in the order of `classes_`."""

_ABSENT = -1.0
_PLAIN_TEMPERATURE = 0.3


class CalibratedLinear:
    """`fit`, `decision`, `predict_proba` on CSR rows; deterministic for a given seed."""

    def __init__(
        self,
        strength: float = 1.0,
        balanced: bool = False,
        folds: int = 5,
        seed: int = 20_170,
    ) -> None:
        """`strength` is liblinear's C; `balanced` weighs classes inversely to their frequency."""
        self._strength = strength
        self._balanced = balanced
        self._folds = folds
        self._seed = seed
        self.classes_: list[str] = []
        self.temperature = _PLAIN_TEMPERATURE
        self.cross_validated_accuracy = 0.0
        self._weights: Array = np.zeros((0, 0), dtype=np.float32)
        self._offsets: Array = np.zeros(0, dtype=np.float32)
        self._shifts: Array = np.zeros(0)

    def fit(self, rows: csr_matrix, labels: Sequence[str]) -> CalibratedLinear:
        """Learn from `(n, d)` rows and n labels.

        Raises `ValueError` when there are fewer than two different labels.
        """
        classes, target = np.unique(
            np.asarray(labels, dtype=object).astype(str), return_inverse=True
        )
        if len(classes) < 2:
            raise ValueError("at least two different labels are needed to learn from")
        self.classes_ = [str(name) for name in classes]
        margins = self._out_of_fold(rows, target)
        self.temperature, self._shifts = fit_temperature(margins, target)
        chosen = (margins / self.temperature + self._shifts).argmax(axis=1)
        self.cross_validated_accuracy = float((chosen == target).mean())
        weights, offsets = self._train(rows, target)
        self._weights = np.ascontiguousarray(weights.T, dtype=np.float32)
        self._offsets = offsets.astype(np.float32)
        return self

    def decision(self, rows: csr_matrix) -> Probabilities:
        """`(n, k)` margins: above 0 the class would be accepted on its own."""
        return np.asarray(rows @ self._weights + self._offsets, dtype=np.float64)

    def predict_proba(self, rows: csr_matrix) -> Probabilities:
        """`(n, k)` calibrated probabilities."""
        return softmax(self.decision(rows) / self.temperature + self._shifts)

    def contributions(
        self, row: csr_matrix, label: str
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """What each column of one row adds to `label` above the mean of all labels.

        `(columns, weights)`, the weights in units of the margin; columns that are 0 are left out.
        Raises `ValueError` for an unknown label.
        """
        chosen = self.classes_.index(label)
        weights = self._weights[row.indices]
        return row.indices, row.data * (weights[:, chosen] - weights.mean(axis=1))

    def _out_of_fold(self, rows: csr_matrix, target: Array) -> Probabilities:
        fold = assign_folds(target, self._folds, self._seed)
        margins = np.full((len(target), len(self.classes_)), _ABSENT)
        for number in range(self._folds):
            held, kept = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
            known = np.unique(target[kept])
            if not len(held) or len(known) < 2:
                continue
            weights, offsets = self._train(rows[kept], target[kept])
            margins[np.ix_(held, known)] = rows[held] @ weights.T + offsets
        return margins

    def _train(self, rows: csr_matrix, target: Array) -> tuple[Array, Array]:
        machine = LinearSVC(
            C=self._strength,
            class_weight="balanced" if self._balanced else None,
            random_state=self._seed,
            max_iter=300,
            tol=1e-3,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            machine.fit(rows, target)
        weights, offsets = machine.coef_, machine.intercept_
        if len(weights) == 1:  # two classes: liblinear gives one margin, for the second
            weights, offsets = np.vstack([-weights, weights]), np.concatenate([-offsets, offsets])
        return weights, offsets

    def to_state(self) -> State:
        """Plain data for `from_state`."""
        return {
            "classes": list(self.classes_),
            "temperature": float(self.temperature),
            "cross_validated_accuracy": self.cross_validated_accuracy,
            "shifts": self._shifts,
            "weights": self._weights,
            "offsets": self._offsets,
        }

    @classmethod
    def from_state(cls, state: State) -> CalibratedLinear:
        """The classifier that gave `state`, ready to predict."""
        reader = Reader(state)
        linear = cls()
        linear.classes_ = reader.strings("classes")
        linear.temperature = reader.number("temperature")
        linear.cross_validated_accuracy = reader.number("cross_validated_accuracy")
        linear._shifts = reader.array("shifts")
        linear._weights = np.ascontiguousarray(reader.array("weights"))
        linear._offsets = reader.array("offsets")
        return linear


def assign_folds(target: Array, folds: int, seed: int) -> NDArray[np.int64]:
    """Fold number of each row; every class is spread over the folds as evenly as it can be."""
    random = np.random.default_rng(seed)
    fold = np.zeros(len(target), dtype=np.int64)
    for number, value in enumerate(np.unique(target)):
        members = random.permutation(np.flatnonzero(target == value))
        fold[members] = (np.arange(len(members)) + number) % folds
    return fold


def fit_temperature(margins: Probabilities, target: Array) -> tuple[float, Probabilities]:
    """Temperature and class offsets with the least log loss on `margins` `(n, k)`.

    Offsets are held near 0 by a penalty worth a few examples, so that rare classes stay sane.
    """
    count, classes = margins.shape
    truth = np.zeros_like(margins)
    truth[np.arange(count), target] = 1.0
    penalty = 3.0 / count

    def loss(parameters: Probabilities) -> tuple[float, Probabilities]:
        scale, shifts = np.exp(parameters[0]), parameters[1:]
        chances = softmax(margins * scale + shifts)
        picked = chances[np.arange(count), target]
        value = -np.log(np.maximum(picked, 1e-12)).mean() + penalty * (shifts @ shifts)
        slope = (chances - truth) / count
        gradient = np.empty_like(parameters)
        gradient[0] = (slope * margins).sum() * scale
        gradient[1:] = slope.sum(axis=0) + 2 * penalty * shifts
        return float(value), gradient

    start = np.zeros(classes + 1)
    start[0] = -np.log(_PLAIN_TEMPERATURE)
    bounds = [(np.log(0.2), np.log(50.0))] + [(-5.0, 5.0)] * classes
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return float(np.exp(-found.x[0])), np.asarray(found.x[1:])


def softmax(scores: Probabilities) -> Probabilities:
    """Row-wise softmax of `(n, k)`."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return cast(Probabilities, raised / raised.sum(axis=1, keepdims=True))
