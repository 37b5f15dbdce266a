"""One spelling for what customers type in many: widths, case, script, emoji, repetitions."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import emoji
import opencc

_SPACE = re.compile(r"\s+")
_RUN = re.compile(r"([^\d\s])\1{2,}")
_MAY_BE_EMOJI = re.compile("[\u203c-\u2bff\u3030-\u3299\U0001f000-\U0001faff]")
_MAY_BE_INVISIBLE = re.compile("[^ -~\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]")
"""Anything but ASCII, Chinese characters and their punctuation."""
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")


def normalise(text: str, limit: int | None = None) -> str:
    """Return `text` in the one spelling that all of the desk's understanding works on.

    Full width becomes half width (NFKC), letters lower case, traditional characters simplified
    (OpenCC); zero-width, control and lone surrogate characters go; white space is folded; a
    character repeated three times or more stands twice (「急急急！！！！」 → 「急急!!」), digits
    excepted; an emoji becomes its Chinese name in brackets (Unicode CLDR: 😡 → 「[怒火中烧]」).
    With `limit` the result has at most that many characters. Idempotent; never raises.
    """
    if limit is not None:
        if limit <= 0:
            return ""
        text = text[: limit * 8 + 64]
    while (folded := _once(text)) != text:
        text = folded
    return text if limit is None else text[:limit].rstrip()


def _once(text: str) -> str:
    if not text.isascii():
        text = simplify(unicodedata.normalize("NFKC", _visible(text)))
    text = _SPACE.sub(" ", _visible(text.lower()))
    text = _RUN.sub(r"\1\1", text).strip()
    return _spell_emoji(text) if _MAY_BE_EMOJI.search(text) else text


def simplify(text: str) -> str:
    """`text` in simplified characters."""
    return str(_to_simplified().convert(text))


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _spell_emoji(text: str) -> str:
    plain = _SKIN.sub("", text)
    return emoji.demojize(plain, delimiters=("[", "]"), language="zh").replace("_", " ")


def _visible(text: str) -> str:
    if not _MAY_BE_INVISIBLE.search(text):
        return text
    return "".join(char for char in text if not _invisible(char))


def _invisible(char: str) -> bool:
    """Control, format and surrogate characters, and variation selectors; white space stays."""
    if "\ufe00" <= char <= "\ufe0f":
        return True
    return unicodedata.category(char) in {"Cc", "Cf", "Cs"} and not char.isspace()
