"""Real messages of late, and which of them another release would handle otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from api.conversations.masking import hidden
from api.db import Transaction
from api.learning.proof.predicting import Seen
from api.learning.proof.shapes import Replay, ReplayedMessage, ReplayNote, ReplayNotes
from api.models import Message, Turn

MOST = 500
DAYS = 30
_SHOWN = ("category", "nature", "priority")
"""Labels that decide what is done with a matter."""


@dataclass(frozen=True, slots=True)
class Real:
    """A message as it was written; it leaves this process masked only."""

    message_id: UUID
    text: str


async def recent(tx: Transaction, at: datetime) -> list[Real]:
    """The newest messages of customers that became turns, each wording once."""
    query = (
        select(Message.id, Message.text)
        .join(Turn, Turn.message_id == Message.id)
        .where(
            Turn.created_at > at - timedelta(days=DAYS),
            Message.kind == "text",
            Message.text != "",
            Message.recalled_at.is_(None),
        )
        .order_by(Turn.created_at.desc())
        .limit(MOST)
    )
    found: dict[str, Real] = {}
    for row in await tx.execute(query):
        found.setdefault(row.text, Real(row.id, row.text))
    return list(found.values())


def changed(
    messages: Sequence[Real], before: Mapping[str, Seen], after: Mapping[str, Seen]
) -> ReplayNotes:
    """Which messages would have another outcome or other labels."""
    notes = [_note(real, before[real.text], after[real.text]) for real in messages]
    return ReplayNotes(messages=len(messages), changed=[note for note in notes if note])


async def shown(tx: Transaction, notes: ReplayNotes) -> Replay:
    """The notes with their messages, masked; those that are gone by now are left out."""
    ids = [note.message_id for note in notes.changed]
    query = select(Message).where(
        Message.id.in_(ids), Message.recalled_at.is_(None), Message.text != ""
    )
    known = {message.id: message for message in await tx.scalars(query)}
    return Replay(
        messages=notes.messages,
        changed=[
            ReplayedMessage(
                **note.model_dump(),
                conversation_id=message.conversation_id,
                text=hidden(message.author, message.text),
                at=message.created_at,
            )
            for note in notes.changed
            if (message := known.get(note.message_id)) is not None
        ],
    )


def _note(real: Real, before: Seen, after: Seen) -> ReplayNote | None:
    labels = {
        target: (before.labels[target][0], after.labels[target][0])
        for target in _SHOWN
        if before.labels[target][0] != after.labels[target][0]
    }
    if _same(before.outcome.key, after.outcome.key) and not labels:
        return None
    return ReplayNote(
        message_id=real.message_id,
        before=before.outcome.key,
        after=after.outcome.key,
        labels=labels,
    )


def _same(before: str, after: str) -> bool:
    """Suggestions are the same in another order."""
    kinds = [key.partition(":") for key in (before, after)]
    (one, _, first), (other, _, second) = kinds
    return one == other and set(first.split(",")) == set(second.split(","))
