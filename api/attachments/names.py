"""Names of files, fit to show and to save."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 120
"""Characters of a name, its extension included."""
_NAMELESS = "file"
_LONGEST_EXTENSION = 16


def clean_name(name: str) -> str:
    """The last part of `name` without what misleads or cannot be saved.

    Folders, control and direction marks go; dots and blanks at its ends too.
    """
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", last)
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    )
    kept = re.sub(r"\s+", " ", kept).strip(" .")
    return _shorten(kept or _NAMELESS)


def _shorten(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    extension = PurePosixPath(name).suffix[:_LONGEST_EXTENSION]
    return name[: LONGEST - len(extension)].rstrip(" .") + extension
