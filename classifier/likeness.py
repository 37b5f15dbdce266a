"""How alike two questions are in meaning, and whether they are the same one."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nlp import load_embedder, normalise

Vectors = NDArray[np.float32]
"""`(n, SIZE)`, rows of length 1: the product of two is the cosine of their angle."""
SIZE = 512


@lru_cache(maxsize=65_536)
def spelling(text: str) -> str:
    """What is left of a question when script, case, widths, spaces and punctuation do not count.

    Two questions with the same spelling are the same question. A text of punctuation alone keeps
    it.
    """
    plain = normalise(text)
    kept = "".join(each for each in plain if unicodedata.category(each)[0] not in "PZ")
    return kept or plain


def digest_of(text: str) -> bytes:
    """The name of a question's vector: SHA-256 of the embedding's name and the text it reads."""
    return hashlib.sha256(f"{load_embedder().name}\0{normalise(text)}".encode()).digest()


def vectors_of(texts: Sequence[str]) -> Vectors:
    """The vectors of some texts, about 2 ms each; thread-safe."""
    return load_embedder().encode([normalise(text) for text in texts])
