"""What the bot took messages for, in words for staff."""

from __future__ import annotations

from collections.abc import Collection, Set
from uuid import UUID

from sqlalchemy import select

from api.conversations.schemas import Meant
from api.db import Transaction
from api.i18n import texts
from api.models import Intent, KnowledgeEntry, Turn


async def meant(tx: Transaction, turns: Collection[Turn]) -> dict[UUID, Meant]:
    """By the message that began the turn: the question it was answered with, else the intent."""
    keys = {turn.answers[0]["key"] for turn in turns if turn.answers}
    questions = await _questions(tx, keys)
    names = {turn.nlu["intent"]["name"] for turn in turns if turn.nlu.get("intent")}
    titles = await _titles(tx, names)
    found: dict[UUID, Meant] = {}
    for turn in turns:
        if turn.answers and (question := questions.get(turn.answers[0]["key"])):
            found[turn.message_id] = Meant(title=question, confidence=turn.answers[0]["score"])
        elif intent := turn.nlu.get("intent"):
            title = titles.get(intent["name"], intent["name"])
            found[turn.message_id] = Meant(title=title, confidence=intent["confidence"])
    return found


async def _questions(tx: Transaction, keys: Collection[str]) -> dict[str, str]:
    if not keys:
        return {}
    entry = KnowledgeEntry
    query = select(entry.key, entry.question).where(entry.key.in_(keys))
    return {row.key: row.question for row in await tx.execute(query)}


async def _titles(tx: Transaction, names: Set[str]) -> dict[str, str]:
    """Of the intents the desk comes with, and of those that staff have added."""
    own = {name: texts("zh").get(f"intent.{name}") for name in names}
    found = {name: title for name, title in own.items() if title}
    if missing := names - found.keys():
        query = select(Intent.name, Intent.title).where(Intent.name.in_(missing))
        found |= {row.name: row.title for row in await tx.execute(query)}
    return found
