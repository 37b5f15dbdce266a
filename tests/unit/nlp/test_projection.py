"""Principal directions of embeddings."""

from __future__ import annotations

import numpy as np

from nlp.projection import Projection


def test_the_widest_directions_are_kept_and_rows_have_length_one() -> None:
    random = np.random.default_rng(1)
    vectors = random.normal(size=(200, 6)).astype(np.float32) * np.array([9, 5, 0.1, 0.1, 0, 0])
    projection = Projection.fit(vectors, 2)
    projected = projection.apply(vectors)
    assert projected.shape == (200, 2)
    assert np.allclose(np.linalg.norm(projected, axis=1), 1, atol=1e-5)
    assert abs(np.corrcoef(projected[:, 0], vectors[:, 0])[0, 1]) > 0.8


def test_a_stored_projection_does_the_same() -> None:
    vectors = np.random.default_rng(2).normal(size=(20, 5)).astype(np.float32)
    projection = Projection.fit(vectors, 3)
    again = Projection.from_state(projection.to_state())
    assert np.array_equal(projection.apply(vectors), again.apply(vectors))
