"""The directions in which the sentence embeddings of the training data differ most."""

from __future__ import annotations

from typing import cast

import numpy as np

from nlp.embedding import Vectors
from nlp.state import Array, Reader, State


class Projection:
    """Principal components: `(n, d)` vectors to `(n, directions)`, centred and of length 1."""

    def __init__(self, mean: Array, axes: Array) -> None:
        """`mean` is `(d,)`, `axes` is `(d, directions)` with orthonormal columns."""
        self._mean = np.asarray(mean, dtype=np.float32)
        self._axes = np.ascontiguousarray(axes, dtype=np.float32)

    @classmethod
    def of_size(cls, size: int) -> Projection:
        """The projection that changes nothing."""
        return cls(np.zeros(size), np.eye(size))

    @classmethod
    def fit(cls, vectors: Vectors, directions: int) -> Projection:
        """Learn at most `directions` from `(n, d)` vectors."""
        mean = vectors.mean(axis=0, dtype=np.float64)
        centred = vectors - mean
        _, axes = np.linalg.eigh(centred.T @ centred)  # in rising order
        return cls(mean, axes[:, ::-1][:, :directions])

    @property
    def directions(self) -> int:
        """How many numbers a projected vector has."""
        return int(self._axes.shape[1])

    def apply(self, vectors: Vectors) -> Vectors:
        """`(n, directions)` float32, each row of length 1 (or all zero)."""
        projected = (vectors - self._mean) @ self._axes
        lengths = np.linalg.norm(projected, axis=1, keepdims=True)
        return cast(Vectors, projected / np.maximum(lengths, 1e-9))

    def to_state(self) -> State:
        """Plain data for `from_state`."""
        return {"mean": self._mean, "axes": self._axes}

    @classmethod
    def from_state(cls, state: State) -> Projection:
        """The projection that gave `state`."""
        reader = Reader(state)
        return cls(reader.array("mean"), reader.array("axes"))
