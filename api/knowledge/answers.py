"""The answer of an entry as a channel shows it."""

from __future__ import annotations

from api.knowledge.markup import plain
from api.models import KnowledgeEntry

_MARKDOWN = frozenset({"web"})
"""Channels whose pages show the markup of answers."""


def answer_for(entry: KnowledgeEntry, channel: str | None) -> str:
    """The answer on a channel: Markdown where the page shows it, plain text elsewhere."""
    answer = (entry.variants or {}).get(channel or "") or entry.answer
    return answer if channel in _MARKDOWN else plain(answer)


def plain_answer(entry: KnowledgeEntry, channel: str) -> str:
    """The answer on a channel, to be quoted or sent by a person: always plain text."""
    return plain((entry.variants or {}).get(channel) or entry.answer)
