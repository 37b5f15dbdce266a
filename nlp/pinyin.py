"""How a text sounds: homophones, typed pinyin and southern accents look alike in it."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import lru_cache

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # 45 MB of phrases that are not used here
from pypinyin.constants import PINYIN_DICT

_PIECE = re.compile("[a-z]+|[\u4e00-\u9fff]")
_ACCENTS = tuple(
    (re.compile(sound), plain)
    for sound, plain in (("([zcs])h", r"\1"), ("([aei]n)g(?![aeiou])", r"\1"))
)
"""Sounds that many speakers do not tell apart (平翘舌, 前后鼻音)."""
_USUAL = 3
"""Readings of a character that count; the others are rare."""


def sounds(text: str) -> list[str]:
    """One sound a character of normalised `text`, a run of Latin letters as it stands.

    Joined together, the sounds of 「退货」 are the letters that somebody types for it: `tuihuo`.
    Everything else is left out.
    """
    return [_sound(piece) for piece in _PIECE.findall(text)]


def sound_grams(text: str, longest: int) -> list[str]:
    """All n-grams of the sounds of `text` with n from 1 to `longest`, each joined to one word."""
    heard = sounds(text)
    return [
        "".join(heard[start : start + length])
        for length in range(1, longest + 1)
        for start in range(len(heard) - length + 1)
    ]


@lru_cache(maxsize=20_000)
def first_letters(char: str) -> str:
    """The letters that the usual readings of a character begin with: `dt` for 调."""
    readings = PINYIN_DICT.get(ord(char), "").split(",")[:_USUAL]
    letters = (unicodedata.normalize("NFD", reading)[:1] for reading in readings)
    return "".join(dict.fromkeys(letter for letter in letters if letter))


@lru_cache(maxsize=20_000)
def _sound(piece: str) -> str:
    """The most common reading without its tone; letters are taken as pinyin."""
    letters = piece
    if not piece.isascii():
        reading = PINYIN_DICT.get(ord(piece), "").split(",")[0]
        bare = unicodedata.normalize("NFD", reading)
        letters = "".join(char for char in bare if char.isascii() and char.isalpha()) or piece
    for accent, plain in _ACCENTS:
        letters = accent.sub(plain, letters)
    return letters
