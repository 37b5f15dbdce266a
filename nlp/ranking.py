"""Which known questions a text asks, by likeness alone: no training, any number of keys."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.embedding import Embedder
from nlp.features import shorten
from nlp.grams import GramTable, char_grams
from nlp.normalise import normalise
from nlp.state import Reader, State

_NOISE = re.compile(r"[\W_]+")
_LONGEST = 300
_MOST_GRAMS = 200_000
_CENTRE_SHARE = 0.75
"""Share of a key's centre in its score; its best single question has the rest. In trial on the
desk's held-out FAQ questions the best question alone named the key in 0.54, the centre alone in
0.71, both in 0.72 (0.93 among the first three)."""


class QuestionIndex:
    """Ranks keys by how well their questions fit a text; most keys have several questions."""

    def __init__(self, embedder: Embedder, meaning: float = 0.5, longest_gram: int = 3) -> None:
        """`meaning` (0–1) is the share of the embedding in the score; characters get the rest."""
        self._embedder = embedder
        self._meaning = meaning
        self._longest_gram = longest_gram
        self.keys: list[str] = []
        self.questions: list[str] = []
        self._vectors: NDArray[np.float32] = np.zeros((0, embedder.size), dtype=np.float32)
        self._grams = GramTable([], np.zeros(0))
        self._names: list[str] = []
        self._owner: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._lexical = csr_matrix((0, 0), dtype=np.float32)
        self._centres: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._lexical_centres = csr_matrix((0, 0), dtype=np.float32)
        self._exact: dict[str, set[str]] = {}

    def fit(self, keys: Sequence[str], questions: Sequence[str]) -> QuestionIndex:
        """Learn `questions[i]` as a wording of `keys[i]`; an empty index ranks nothing.

        Raises `ValueError` for unequal lengths.
        """
        if len(keys) != len(questions):
            raise ValueError(f"{len(keys)} keys but {len(questions)} questions")
        plain = [_plain(question) for question in questions]
        self._grams = GramTable.fit([self._cut(text) for text in plain], 1, _MOST_GRAMS)
        self._settle(list(keys), list(questions), self._embedder.encode(plain))
        return self

    def rank(self, text: str, top: int = 5) -> list[tuple[str, float]]:
        """At most `top` `(key, score)`, best first.

        The score is 1.0 for a question known word for word (punctuation, width and case aside),
        else a cosine of meaning and characters, 0–0.999; it is no probability.
        """
        if not self._names:
            return []
        plain = _plain(text)
        vector = self._embedder.encode([plain])[0]
        row = self._grams.transform([self._cut(plain)]).toarray()[0]
        single = self._blend(self._vectors @ vector, self._lexical @ row)
        best = np.full(len(self._names), -1.0)
        np.maximum.at(best, self._owner, single)
        centre = self._blend(self._centres @ vector, self._lexical_centres @ row)
        scores = np.clip(_CENTRE_SHARE * centre + (1 - _CENTRE_SHARE) * best, 0.0, 0.999)
        found = dict(zip(self._names, scores.tolist(), strict=True))
        found.update(dict.fromkeys(self._exact.get(_bare(plain), ()), 1.0))
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:top]

    def _blend(
        self, meaning: NDArray[np.float32], characters: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        return self._meaning * meaning + (1 - self._meaning) * characters

    def _cut(self, plain: str) -> list[str]:
        return char_grams(plain, self._longest_gram)

    def _settle(self, keys: list[str], questions: list[str], vectors: NDArray[np.float32]) -> None:
        """Everything that follows from the questions and is not worth storing."""
        self.keys, self.questions, self._vectors = keys, questions, vectors
        plain = [_plain(question) for question in questions]
        self._lexical = self._grams.transform([self._cut(text) for text in plain])
        self._names = sorted(set(keys))
        places = {name: place for place, name in enumerate(self._names)}
        self._owner = np.array([places[key] for key in keys], dtype=np.int64)
        member = csr_matrix(
            (np.ones(len(keys), dtype=np.float32), (self._owner, np.arange(len(keys)))),
            shape=(len(self._names), len(keys)),
        )
        sums = np.asarray(member @ vectors, dtype=np.float32)
        self._centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        spread = csr_matrix(member @ self._lexical)
        lengths = np.sqrt(np.asarray(spread.multiply(spread).sum(axis=1)).ravel())
        self._lexical_centres = csr_matrix(
            spread.multiply((1 / np.maximum(lengths, 1e-9))[:, np.newaxis])
        )
        self._exact = {}
        for key, text in zip(keys, plain, strict=True):
            if bare := _bare(text):
                self._exact.setdefault(bare, set()).add(key)

    def to_state(self) -> State:
        """Plain data for `from_state`."""
        return {
            "embedder": self._embedder.name,
            "meaning": self._meaning,
            "longest_gram": self._longest_gram,
            "keys": list(self.keys),
            "questions": list(self.questions),
            "vectors": self._vectors,
            "grams": self._grams.to_state(),
        }

    @classmethod
    def from_state(cls, state: State, embedder: Embedder) -> QuestionIndex:
        """The index that gave `state`; `ValueError` when `embedder` is another one."""
        reader = Reader(state)
        if reader.text("embedder") != embedder.name:
            raise ValueError(
                f"built with embedding {reader.text('embedder')!r}, not {embedder.name!r}"
            )
        index = cls(embedder, reader.number("meaning"), int(reader.number("longest_gram")))
        index._grams = GramTable.from_state(reader.child("grams"))
        index._settle(reader.strings("keys"), reader.strings("questions"), reader.array("vectors"))
        return index


def _plain(text: str) -> str:
    return shorten(normalise(text, 2_000), _LONGEST)


def _bare(plain: str) -> str:
    return _NOISE.sub("", plain)
