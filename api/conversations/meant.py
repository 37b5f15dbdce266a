"""What the bot took messages for, in words for staff."""

from __future__ import annotations

from collections.abc import Collection, Set
from uuid import UUID

from sqlalchemy import select

from api.conversations.schemas import Meant
from api.db import Transaction
from api.i18n import texts
from api.knowledge import repository as knowledge
from api.models import Intent, Turn


async def meant(tx: Transaction, turns: Collection[Turn]) -> dict[UUID, Meant]:
    """By the message that began the turn: the question it was answered with, else the intent."""
    keys = {turn.answers[0]["key"] for turn in turns if turn.answers}
    entries = await knowledge.by_keys(tx, keys)
    names = {turn.nlu["intent"]["name"] for turn in turns if turn.nlu.get("intent")}
    titles = await _titles(tx, names)
    found: dict[UUID, Meant] = {}
    for turn in turns:
        if turn.answers and (entry := entries.get(turn.answers[0]["key"])):
            score = turn.answers[0]["score"]
            found[turn.message_id] = Meant(title=entry.question, confidence=score)
        elif intent := turn.nlu.get("intent"):
            title = titles.get(intent["name"], intent["name"])
            found[turn.message_id] = Meant(title=title, confidence=intent["confidence"])
    return found


async def _titles(tx: Transaction, names: Set[str]) -> dict[str, str]:
    """Of the intents the desk comes with, and of those that staff have added."""
    own = {name: texts("zh").get(f"intent.{name}") for name in names}
    found = {name: title for name, title in own.items() if title}
    if missing := names - found.keys():
        query = select(Intent.name, Intent.title).where(Intent.name.in_(missing))
        found |= {row.name: row.title for row in await tx.execute(query)}
    return found
