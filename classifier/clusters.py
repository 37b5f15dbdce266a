"""Messages about one thing, found among many, and the words that tell them from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.likeness import Vectors
from classifier.words import words_of

LEAST = 3
"""Fewer messages are no cluster."""
_DISTANCE = 0.5
"""Clusters whose messages are on average nearer than this (1 − cosine) are joined: short questions
about one thing lie at 0.2 to 0.5 of each other, others beyond 0.6."""
_TERMS = 5


@dataclass(frozen=True, slots=True)
class Cluster:
    """Rows of the texts that belong together, in their order; `centre` is the one nearest to the
    middle, `terms` the words that stand out, the most telling first."""

    members: tuple[int, ...]
    centre: int
    terms: tuple[str, ...]


def clusters_of(texts: Sequence[str], vectors: Vectors) -> list[Cluster]:
    """Clusters of at least `LEAST` of `texts`, whose vectors are rows of length 1; the biggest
    first. Average linkage; 1,500 texts take about a second. The same input gives the same.
    """
    if len(texts) < LEAST:
        return []
    model = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=_DISTANCE
    )
    numbers = model.fit_predict(np.where(vectors.any(axis=1, keepdims=True), vectors, 1e-6))
    groups: dict[int, list[int]] = {}
    for row, number in enumerate(numbers):
        groups.setdefault(int(number), []).append(row)
    big = [tuple(rows) for rows in groups.values() if len(rows) >= LEAST]
    terms = _terms(texts, big)
    return sorted(
        (
            Cluster(rows, _centre(rows, vectors), said)
            for rows, said in zip(big, terms, strict=True)
        ),
        key=lambda cluster: (-len(cluster.members), cluster.members),
    )


def _centre(rows: Sequence[int], vectors: Vectors) -> int:
    own = vectors[list(rows)]
    return rows[int(np.argmax(own @ own.mean(axis=0)))]


def _terms(texts: Sequence[str], groups: Sequence[Sequence[int]]) -> list[tuple[str, ...]]:
    """Words by TF-IDF, averaged over the messages of a cluster (Sparck Jones 1972)."""
    if not groups:
        return []
    counting = TfidfVectorizer(analyzer=_telling)
    try:
        weights = counting.fit_transform(texts)
    except ValueError:  # no text has a word that tells anything
        return [() for _ in groups]
    names = counting.get_feature_names_out()
    found: list[tuple[str, ...]] = []
    for rows in groups:
        mean = np.asarray(weights[list(rows)].mean(axis=0)).ravel()
        best = np.argsort(-mean, kind="stable")[:_TERMS]
        found.append(tuple(str(names[each]) for each in best if mean[each] > 0))
    return found


def _telling(text: str) -> list[str]:
    """Words of two and more characters; single ones are mostly particles."""
    return [word for word in words_of(text) if len(word) > 1 and not word.isdigit()]
