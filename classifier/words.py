"""Chinese words and how they are spelt, for those who may not reach into `nlp`."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice, product
from pathlib import Path

from nlp.normalise import normalise, simplify
from nlp.pinyin import first_letters
from nlp.tokens import Tokenizer

_COMMON = Tokenizer()
"""Jieba with its own words alone; its dictionary is loaded on first use."""
_WAYS = 8
"""Of reading a word whose characters have several sounds."""
_SIGNS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """`text` in one spelling: half width (NFKC), lower case, simplified characters."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return folded if folded.isascii() else simplify(folded)


def bare(text: str) -> str:
    """`text` without signs, spaces, width and case: equal means the same words.

    A text of nothing but signs stays as it is.
    """
    spelled = normalise(text)
    return _SIGNS.sub("", spelled) or spelled


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


def words_of(text: str) -> list[str]:
    """The words of `text` in one spelling, without signs."""
    return _COMMON.words(plain(text))


def tokens_of(text: str, lexicon: Path) -> list[tuple[str, int, int]]:
    """`(word, start, end)` of every piece of `text`, cut with the words of a lexicon's folder.

    A folder that is not there adds no words; raises `nlp.tokens.LexiconError`, a ValueError.
    """
    return _with_lexicon(lexicon).spans(text)


@lru_cache(maxsize=1)
def _with_lexicon(folder: Path) -> Tokenizer:
    return Tokenizer.from_folder(folder)


def warm_up() -> None:
    """Load the dictionary now (about a second, 60 MB) instead of on first use."""
    _COMMON.warm_up()
