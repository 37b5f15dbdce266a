"""How well a question fits each knowledge entry: the evidence beside the flat classifier."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from bot.components.shared import bare, plain
from nlp.embedding import Embedder
from nlp.grams import GramTable, char_grams
from nlp.state import Reader, State

Scores = NDArray[np.float32]
"""One number a key, in the order of `KnowledgeIndex.keys`."""

_LONGEST_GRAM = 3
_MOST_GRAMS = 200_000
_SENTENCE_END = re.compile(r"[。；！？\n]+")
_SHORTEST_SENTENCE = 5


@dataclass(frozen=True)
class Entry:
    """What is known of one entry: its wordings (the first is the standard one) and its answer."""

    key: str
    questions: tuple[str, ...]
    answer: str = ""


@dataclass(frozen=True)
class Evidence:
    """Three likenesses of one text to every key, each about 0–1."""

    centroid: Scores
    """Cosine to the mean embedding of the entry's wordings."""
    document: Scores
    """Cosine of character TF-IDF to all wordings and the answer taken as one document."""
    answer: Scores
    """Cosine of the embedding to the best sentence of the answer; 0 without one."""


class KnowledgeIndex:
    """Wordings and answers of all entries, ready to be compared with a text."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.keys: list[str] = []
        self._exact: dict[str, str] = {}
        self._centroids: Scores = np.zeros((0, embedder.size), dtype=np.float32)
        self._sentences: Scores = np.zeros((0, embedder.size), dtype=np.float32)
        self._owner: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._grams = GramTable([], np.zeros(0))
        self._documents: list[str] = []

    def fit(self, entries: Sequence[Entry]) -> KnowledgeIndex:
        """Learn `entries`; an empty list gives an index that knows nothing."""
        self.keys = [entry.key for entry in entries]
        self._exact = _exact(entries)
        self._centroids = np.array(
            [_mean(self._embedder.encode([*map(plain, entry.questions)])) for entry in entries],
            dtype=np.float32,
        ).reshape(len(entries), self._embedder.size)
        sentences = [
            (row, part) for row, entry in enumerate(entries) for part in _sentences(entry.answer)
        ]
        self._owner = np.array([row for row, _ in sentences], dtype=np.int64)
        self._sentences = self._embedder.encode([part for _, part in sentences])
        self._documents = [
            plain(" ".join([*entry.questions, entry.answer]))[:_MOST_GRAMS] for entry in entries
        ]
        self._grams = GramTable.fit(map(_cut, self._documents), 1, _MOST_GRAMS)
        self._settle()
        return self

    def exact(self, text: str) -> str | None:
        """The key one of whose wordings is `text` word for word, signs and width aside."""
        return self._exact.get(bare(text))

    def compare(self, text: str) -> Evidence:
        """The evidence of `text` for every key."""
        spelled = plain(text)
        vector = self._embedder.encode([spelled])[0]
        columns, values = self._grams.row(_cut(spelled))
        return Evidence(
            centroid=self._centroids @ vector,
            document=self._by_gram[columns].T @ values,
            answer=self._best_sentence(vector),
        )

    def _best_sentence(self, vector: Scores) -> Scores:
        best = np.zeros(len(self.keys), dtype=np.float32)
        if len(self._owner):  # sentences of one key stand side by side
            starts = np.flatnonzero(np.diff(self._owner, prepend=-1))
            best[self._owner[starts]] = np.maximum.reduceat(self._sentences @ vector, starts)
        return np.maximum(best, 0.0)

    def _settle(self) -> None:
        rows = self._grams.transform([_cut(text) for text in self._documents])
        self._by_gram = rows.T.tocsr()

    def to_state(self) -> State:
        """Plain data for `from_state`."""
        return {
            "embedder": self._embedder.name,
            "keys": list(self.keys),
            "exact_texts": list(self._exact),
            "exact_keys": list(self._exact.values()),
            "centroids": self._centroids,
            "sentences": self._sentences,
            "owner": self._owner,
            "grams": self._grams.to_state(),
            "documents": list(self._documents),
        }

    @classmethod
    def from_state(cls, state: State, embedder: Embedder) -> KnowledgeIndex:
        """The index that gave `state`; `ValueError` when `embedder` is another one."""
        reader = Reader(state)
        if reader.text("embedder") != embedder.name:
            raise ValueError(f"built with {reader.text('embedder')!r}, not {embedder.name!r}")
        index = cls(embedder)
        index.keys = reader.strings("keys")
        texts, keys = reader.strings("exact_texts"), reader.strings("exact_keys")
        index._exact = dict(zip(texts, keys, strict=True))
        index._centroids = reader.array("centroids")
        index._sentences = reader.array("sentences")
        index._owner = reader.array("owner")
        index._grams = GramTable.from_state(reader.child("grams"))
        index._documents = reader.strings("documents")
        index._settle()
        return index


def _exact(entries: Sequence[Entry]) -> dict[str, str]:
    """Key of each wording; one that two entries claim belongs to neither, a title wins."""
    owners: dict[str, set[str]] = {}
    for entry in entries:
        for question in entry.questions:
            owners.setdefault(bare(question), set()).add(entry.key)
    exact = {text: next(iter(keys)) for text, keys in owners.items() if len(keys) == 1}
    exact.update((bare(entry.questions[0]), entry.key) for entry in entries if entry.questions)
    return exact


def _sentences(answer: str) -> list[str]:
    parts = (plain(part) for part in _SENTENCE_END.split(answer))
    return [part for part in parts if len(part) >= _SHORTEST_SENTENCE]


def _cut(text: str) -> list[str]:
    return char_grams(text, _LONGEST_GRAM)


def _mean(vectors: Scores) -> Scores:
    mean = vectors.mean(axis=0)
    return cast(Scores, mean / max(float(np.linalg.norm(mean)), 1e-9))
