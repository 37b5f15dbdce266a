"""Chinese words and how they are spelt, for those who may not reach into `nlp`."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import islice, product

from nlp.normalise import simplify
from nlp.pinyin import first_letters
from nlp.tokens import Tokenizer

_COMMON = Tokenizer()
"""Jieba with its own words alone; its dictionary is loaded on first use."""
_WAYS = 8
"""Of reading a word whose characters have several sounds."""


def plain(text: str) -> str:
    """`text` in one spelling: half width (NFKC), lower case, simplified characters."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return folded if folded.isascii() else simplify(folded)


def word_initials(text: str) -> list[tuple[str, int]]:
    """Pinyin initials of each Chinese word of two and more characters of a plain `text`.

    With where in `text` the word begins: 「查物流」 gives `[("wl", 1)]`. A word with characters of
    several readings gives several.
    """
    words = ((word, start) for word, start, _ in _COMMON.spans(text) if len(word) > 1)
    return [(letters, start) for word, start in words for letters in initials_of(word)]


@lru_cache(maxsize=20_000)
def initials_of(word: str) -> tuple[str, ...]:
    """Every way to write the pinyin initials of Chinese characters; none for other text."""
    letters = [first_letters(char) for char in word]
    return tuple(map("".join, islice(product(*letters), _WAYS))) if word else ()


def warm_up() -> None:
    """Load the dictionary now (about a second, 60 MB) instead of on first use."""
    _COMMON.warm_up()
