"""Words for what is no text: places, links and other things that customers send."""

from __future__ import annotations

from api.i18n import say

_LONGEST = 300


def location(name: str, address: str, latitude: str, longitude: str) -> str:
    """A place as text: its name and address, and where it lies."""
    where = " ".join(dict.fromkeys(part for part in (_short(name), _short(address)) if part))
    at = f"{_short(latitude)}, {_short(longitude)}"
    return say("message.location", where=where, at=at).replace("  ", " ")


def link(title: str, description: str, url: str) -> str:
    """A link as text."""
    parts = (_short(title), _short(description), url.strip()[: 2 * _LONGEST])
    return "\n".join([say("message.link"), *(part for part in parts if part)])


def named(key: str, what: str) -> str:
    """Something with a name, for instance a mini-program."""
    return say(key, name=_short(what)).strip()


def _short(words: str) -> str:
    return words.strip()[:_LONGEST]
