"""What may stand in a message."""

from __future__ import annotations

import unicodedata

from api.errors import EmptyText, TextTooLong

LONGEST = 2000
"""Characters in one message."""

_KEPT_CONTROLS = frozenset("\n\t")
_BLANK = frozenset("\u3164\u115f\u1160\uffa0\u2800\ufe0e\ufe0f")
"""Characters that Unicode calls letters or marks and that nobody can see."""


def clean(text: str) -> str:
    """Text fit to store as a message: `tidied`.

    Raises EmptyText when nothing visible is left and TextTooLong above `LONGEST` characters.
    """
    kept = tidied(text)
    if not kept:
        raise EmptyText
    if len(kept) > LONGEST:
        raise TextTooLong(longest=LONGEST, length=len(kept))
    return kept


def tidied(text: str) -> str:
    """Text without control characters, ends trimmed; empty when nobody could see any of it.

    The zero-width joiner stays, since emoji are made of it.
    """
    kept = "".join(
        character
        for character in text.replace("\r\n", "\n").replace("\r", "\n")
        if character in _KEPT_CONTROLS or unicodedata.category(character) not in ("Cc", "Cs")
    ).strip()
    return kept if any(_visible(character) for character in kept) else ""


def _visible(character: str) -> bool:
    category = unicodedata.category(character)
    return character not in _BLANK and (category == "Cn" or category[0] not in "CZ")
