"""What a file is, from its content; what the desk takes, and under which names (norms §7).

Allowed are raster images, PDF, office documents without macros, plain text, sound and video. A file
is refused when its content is anything else, or when its name says something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

import filetype

from api.attachments import macros
from api.errors import EmptyFile, FileNotAllowed

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_TEXT = ("txt", "csv", "log", "md", "tsv")

EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg", "jfif"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/bmp": ("bmp",),
    "image/heic": ("heic", "heif"),
    "image/avif": ("avif",),
    "application/pdf": ("pdf",),
    "application/msword": ("doc",),
    "application/vnd.ms-excel": ("xls",),
    "application/vnd.ms-powerpoint": ("ppt",),
    f"{_OFFICE}wordprocessingml.document": ("docx",),
    f"{_OFFICE}spreadsheetml.sheet": ("xlsx",),
    f"{_OFFICE}presentationml.presentation": ("pptx",),
    f"{_OPEN}text": ("odt",),
    f"{_OPEN}spreadsheet": ("ods",),
    f"{_OPEN}presentation": ("odp",),
    "text/plain": _TEXT,
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/x-wav": ("wav",),
    "audio/amr": ("amr",),
    "audio/aac": ("aac",),
    "audio/x-flac": ("flac",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov",),
    "video/webm": ("webm",),
    "video/3gpp": ("3gp",),
}
"""Types that are taken, with the extensions their names may have; the first is the usual one."""

INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Types a browser may show in place; everything else is only ever downloaded."""

_ZIPPED = (_OFFICE, _OPEN)
_MARKUP = re.compile(
    r"<\s*(?:!doctype|html|head|body|script|svg|iframe|xml|\?xml|\?php|%)|^\s*(?:#!|@echo\s)",
    re.IGNORECASE,
)
_LOOKED_AT = 4096
_CONTROLS = frozenset(map(chr, range(32))) - frozenset("\t\n\r\f")


def type_of(content: bytes) -> str:
    """The media type of `content`, one of `EXTENSIONS`; raises EmptyFile and FileNotAllowed."""
    if not content:
        raise EmptyFile
    media_type: str | None = filetype.guess_mime(content) or _text_type(content)
    if media_type is None or media_type not in EXTENSIONS:
        raise FileNotAllowed(reason="type")
    if media_type.startswith(_ZIPPED):
        macros.refuse_packed(content)
    elif macros.is_compound(content):
        macros.refuse_compound(content)
    return media_type


def fitting_name(name: str, media_type: str) -> str:
    """`name` if its extension is one of the type's; a name without any gets the usual one.

    Raises FileNotAllowed.
    """
    extension = PurePosixPath(name).suffix.lower().removeprefix(".")
    allowed = EXTENSIONS[media_type]
    if not extension:
        return f"{name}.{allowed[0]}"
    if extension not in allowed:
        raise FileNotAllowed(reason="extension", extension=extension, media_type=media_type)
    return name


def _text_type(content: bytes) -> str | None:
    """`text/plain` for text that is neither a page nor a script; None for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROLS & set(text) or _MARKUP.search(text[:_LOOKED_AT]):
            return None
        return "text/plain"
    return None
