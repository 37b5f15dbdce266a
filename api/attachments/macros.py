"""Office documents that bring programs along are refused (norms §7).

Documents of 2007 and later, and OpenDocument, are packed folders: a part or a folder of a known
name holds the macros. The older .doc, .xls and .ppt are compound files ([MS-CFB]) with a directory
of entries of 128 bytes: macros are a storage of a known name there, or, in .ppt, a flag of the
document ([MS-PPT] 2.4.10 and 2.4.11).
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePosixPath

from api.errors import FileNotAllowed

_PARTS = frozenset({"vbaproject.bin"})
_FOLDERS = ("xl/macrosheets/", "basic/", "scripts/")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = 128
_NAME_LENGTH, _KIND = 64, 66
"""Where an entry says how many bytes its name has, the closing zero included, and what it is."""
_STORAGES = ("Macros", "VBA", "_VBA_PROJECT_CUR", "_VBA_PROJECT")
_NAMED = re.compile(
    b"|".join(re.escape(f"{name}\0".encode("utf-16-le")) for name in _STORAGES), re.IGNORECASE
)
_SLIDES_WITH_MACROS = re.compile(
    rb"\x1f\x00\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00....\x01\x00\x00\x00",
    re.DOTALL,
)
"""A VBAInfoContainer whose atom says that the VBA storage holds data."""


def refuse_packed(content: bytes) -> None:
    """Raises FileNotAllowed for a packed document with macros, or one that cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = [name.lower() for name in packed.namelist()]
    except (zipfile.BadZipFile, ValueError) as error:
        raise FileNotAllowed(reason="damaged") from error
    if any(PurePosixPath(name).name in _PARTS or name.startswith(_FOLDERS) for name in names):
        raise FileNotAllowed(reason="macros")


def refuse_compound(content: bytes) -> None:
    """Raises FileNotAllowed for a .doc, .xls or .ppt with macros."""
    if _has_macro_storage(content) or _SLIDES_WITH_MACROS.search(content):
        raise FileNotAllowed(reason="macros")


def is_compound(content: bytes) -> bool:
    """Is it a file of the older kind?"""
    return content.startswith(_COMPOUND)


def _has_macro_storage(content: bytes) -> bool:
    """Whether the directory has an entry of such a name. The same letters in a text are none: they
    do not begin where an entry does, and no length and kind follow."""
    for found in _NAMED.finditer(content):
        entry = content[found.start() : found.start() + _ENTRY]
        if found.start() % _ENTRY or len(entry) < _ENTRY:
            continue
        length = int.from_bytes(entry[_NAME_LENGTH:_KIND], "little")
        if length == len(found.group()) and entry[_KIND] in (1, 2):
            return True
    return False
