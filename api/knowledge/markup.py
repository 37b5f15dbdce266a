"""The Markdown of answers, for places that show plain text only: pure functions.

An answer may hold **bold**, [links](https://…), lists and pictures of the knowledge base,
`![what it shows](attachment:ID)`; everything else is text as it stands.
"""

from __future__ import annotations

import re
from uuid import UUID

from api.i18n import DEFAULT, say

_ID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PICTURE = re.compile(rf"!\[([^\]\n]*)\]\(attachment:({_ID})\)")
_LINK = re.compile(r"(?<!!)\[([^\]\n]+)\]\(((?:https?://|tel:|mailto:)[^\s()]+)\)")
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_BULLET = re.compile(r"^([ \t]*)[-*][ \t]+(?=\S)", re.MULTILINE)


def plain(answer: str, language: str = DEFAULT) -> str:
    """`answer` as plain text: addresses behind the words of links, what pictures show in brackets.

    Text without markup stays as it is.
    """
    text = _PICTURE.sub(lambda found: _picture(found[1].strip(), language), answer)
    text = _LINK.sub(_link, text)
    text = _BOLD.sub(r"\1", text)
    return _BULLET.sub(r"\1· ", text)


def pictures(answer: str) -> list[UUID]:
    """The attachments an answer shows, each once, in their order."""
    return list(dict.fromkeys(UUID(found[2]) for found in _PICTURE.finditer(answer)))


def _picture(shows: str, language: str) -> str:
    if shows:
        return say("knowledge.picture_of", language, shows=shows)
    return say("knowledge.picture", language)


def _link(found: re.Match[str]) -> str:
    words, address = found[1].strip(), found[2]
    shown = address.removeprefix("tel:").removeprefix("mailto:")
    return shown if words in (address, shown) else f"{words}（{shown}）"
