"""Who a customer has been told has their conversation, read from the notices they see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from api.i18n import texts

QUEUE, BOT, ENDED, TICKET = "queue", "bot", "ended", "ticket"

_AGENT = ("taken", "routed", "taken_over", "came_back")
_NOTICES = {
    **dict.fromkeys(("handoff", "transfer_agent", "transfer_skill", "declined"), QUEUE),
    "agent_lost": QUEUE,
    "returned": BOT,
    "reopened": BOT,
    "stopped_waiting": BOT,
    "wait_ended": ENDED,
    "closed": ENDED,
    "closed_again": ENDED,
    "word_left": TICKET,
}
_NO_CHANGE = ("still_queued", "still_waiting", "bot_away")


def owner_told(text: str) -> str | None:
    """Who has it by this notice: an agent's name, or what it says instead; None: nobody new.

    AssertionError for a notice that is not known here.
    """
    for pattern, found in _patterns().items():
        match = re.match(pattern, text)
        if match is not None:
            return match["name"] if found == "agent" else (found or None)
    raise AssertionError(f"an unknown notice: {text}")


def owners_told(messages: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each owner the customer was told of, in order; every notice that names one counts."""
    notices = [message["text"] for message in messages if message["author"] == "system"]
    return [owner for text in notices if (owner := owner_told(text)) is not None]


@cache
def _patterns() -> dict[str, str]:
    """What a notice of each kind begins with, and whom it names."""
    kinds = {**dict.fromkeys(_AGENT, "agent"), **_NOTICES, **dict.fromkeys(_NO_CHANGE, "")}
    return {_pattern(texts("zh")[f"notice.{key}"]): kind for key, kind in kinds.items()}


def _pattern(template: str) -> str:
    quoted = re.escape(template)
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", quoted)
