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
_FULLER = 0.9
"""The model that is kept has learned from a quarter more than the one judged on a single fold, and
is right more often: by so much its confidence may be sharper (trial: docs/models)."""
_NEAREST = 3_000
"""With that much work a class learns against its nearest negatives only. Trial on 14,500 texts and
226 classes: a third of the time, the same accuracy."""
_TOLERANCE = 0.05
"""liblinear stops here; tighter changes no prediction in trial and takes twice as long."""
_PLAIN_TEMPERATURE = 0.3
_MOST_WORK = 400_000
"""Rows times classes up to which every fold is held out in turn; above, one fold has to do: with
hundreds of classes the five extra fits would take longer than everything else together."""


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
        self.held_out_rows: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        """Rows of the training data that were held out; not stored."""
        self.held_out_chances: Probabilities = np.zeros((0, 0))
        """What a model that had not seen them said of these rows; not stored."""
        self._weights: Array = np.zeros((0, 0), dtype=np.float32)
        self._offsets: Array = np.zeros(0, dtype=np.float32)
        self._shifts: Array = np.zeros(0)

    def fit(
        self,
        rows: csr_matrix,
        labels: Sequence[str],
        typical: NDArray[np.bool_] | None = None,
    ) -> CalibratedLinear:
        """Learn from `(n, d)` rows and n labels.

        Confidence is fitted on the `typical` rows alone (default all): those like what will be
        asked. Raises `ValueError` when there are fewer than two different labels.
        """
        classes, target = np.unique(
            np.asarray(labels, dtype=object).astype(str), return_inverse=True
        )
        if len(classes) < 2:
            raise ValueError("at least two different labels are needed to learn from")
        self.classes_ = [str(name) for name in classes]
        held, margins = self._out_of_fold(rows, target)
        if typical is not None and typical[held].any():
            held, margins = held[typical[held]], margins[typical[held]]
        self.temperature, self._shifts = fit_temperature(margins, target[held])
        if self._is_much(target):
            self.temperature *= _FULLER
            self._shifts /= _FULLER
        self.held_out_rows = held
        self.held_out_chances = softmax(margins / self.temperature + self._shifts)
        chosen = self.held_out_chances.argmax(axis=1)
        self.cross_validated_accuracy = float((chosen == target[held]).mean())
        weights, offsets = self._train(rows, target)
        self._weights = np.ascontiguousarray(weights.T, dtype=np.float32)
        self._offsets = offsets.astype(np.float32)
        return self

    @property
    def weights(self) -> NDArray[np.float32]:
        """`(d, k)`: what one unit of each column adds to the margin of each class."""
        return self._weights

    @property
    def offsets(self) -> NDArray[np.float32]:
        """`(k,)`: the margins of an empty row."""
        return self._offsets

    @property
    def shifts(self) -> NDArray[np.float64]:
        """`(k,)`: added to the margins divided by `temperature` before the softmax."""
        return self._shifts

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

    def _out_of_fold(
        self, rows: csr_matrix, target: Array
    ) -> tuple[NDArray[np.int64], Probabilities]:
        """`(held rows, their margins)`."""
        fold = assign_folds(target, self._folds, self._seed)
        used = range(1 if self._is_much(target) else self._folds)
        margins = np.full((len(target), len(self.classes_)), _ABSENT)
        for number in used:
            held, kept = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
            known = np.unique(target[kept])
            if not len(held) or len(known) < 2:
                continue
            weights, offsets = self._train(rows[kept], target[kept])
            margins[np.ix_(held, known)] = rows[held] @ weights.T + offsets
        judged = np.flatnonzero(np.isin(fold, list(used)))
        return judged, margins[judged]

    def _train(self, rows: csr_matrix, target: Array) -> tuple[Array, Array]:
        """Weights `(k, d)` and offsets `(k,)`, one class against the rest at a time."""
        classes = np.unique(target)
        weights = np.zeros((len(classes), rows.shape[1]), dtype=np.float32)
        offsets = np.zeros(len(classes))
        likeness = likeness_to_classes(rows, target) if self._is_much(target) else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            for row, value in enumerate(classes):
                machine = LinearSVC(
                    C=self._strength,
                    class_weight=self._weight_of(target, value, len(classes)),
                    random_state=self._seed,
                    max_iter=300,
                    tol=_TOLERANCE,
                )
                if likeness is None:
                    machine.fit(rows, target == value)
                else:
                    used = nearest(likeness[:, row], target == value, _NEAREST)
                    machine.fit(rows[used], target[used] == value)
                weights[row], offsets[row] = machine.coef_[0], machine.intercept_[0]
        return weights, offsets

    def _is_much(self, target: Array) -> bool:
        return len(target) * len(self.classes_) > _MOST_WORK

    def _weight_of(self, target: Array, value: int, classes: int) -> dict[bool, float] | None:
        """Weight of one class against the rest, as `balanced` of scikit-learn has it for many."""
        if not self._balanced:
            return None
        share = float((target == value).mean())
        return {True: 1.0 / (classes * share), False: (1 - 1.0 / classes) / (1 - share)}

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


def likeness_to_classes(rows: csr_matrix, target: Array) -> NDArray[np.float32]:
    """`(n, k)`: dot product of each row with the mean row of each class."""
    _, member = np.unique(target, return_inverse=True)
    share = 1.0 / np.bincount(member)[member]
    every = np.arange(len(member))
    means = csr_matrix((share, (member, every)), dtype=np.float32) @ rows
    return cast("NDArray[np.float32]", (rows @ means.T).toarray())


def nearest(likeness: Array, positive: NDArray[np.bool_], most: int) -> NDArray[np.int64]:
    """The positive rows and the `most` other rows that are most alike, in rising order."""
    others = np.flatnonzero(~positive)
    if len(others) > most:
        others = others[np.argpartition(-likeness[others], most)[:most]]
    return np.sort(np.concatenate([np.flatnonzero(positive), others]))


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
