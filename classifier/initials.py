"""Pinyin initials: what somebody types to find a Chinese title quickly."""

from __future__ import annotations

import unicodedata

from nlp.pinyin import sounds


def initials(text: str) -> str:
    """The first letter of the sound of each character, e.g. `wlxx` for 物流信息.

    A run of Latin letters gives its first letter; everything else is left out.
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(sound[0] for sound in sounds(plain) if sound[0].isascii())
