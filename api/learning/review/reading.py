"""What customers said, as it was understood: pieces that were answered together are one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import ColumnElement, func, select

from api.assistant import Understanding
from api.conversations.gathering import JOINED
from api.db import Transaction
from api.models import Message, TriageResult, Turn
from api.models.base import JsonObject
from triage.pieces import join


@dataclass(frozen=True, slots=True)
class Said:
    """What a turn answered; `text` is as it was written."""

    message_id: UUID
    conversation_id: UUID
    seq: int
    at: datetime
    text: str
    turn: Turn
    labels: JsonObject | None


async def said_in(
    tx: Transaction, conversation_ids: Collection[UUID], since: datetime
) -> list[Said]:
    """The turns of some conversations that are over, in their order."""
    return await _read(tx, Turn.conversation_id.in_(conversation_ids), Turn.created_at > since)


async def said(tx: Transaction, message_ids: Collection[UUID]) -> dict[UUID, Said]:
    """The turns of some messages."""
    group = func.coalesce(Turn.answered_with, Turn.message_id)
    theirs = select(Message.conversation_id).where(Message.id.in_(message_ids))
    found = await _read(tx, Turn.conversation_id.in_(theirs), group.in_(message_ids))
    return {each.message_id: each for each in found}


def understanding_of(turn: Turn) -> Understanding | None:
    """What the bot made of it; None when it was not asked."""
    try:
        return Understanding.model_validate(turn.nlu) if turn.nlu else None
    except ValidationError:
        return None


async def _read(tx: Transaction, *which: ColumnElement[bool]) -> list[Said]:
    """Without files, what was taken back, and turns that are not over."""
    query = (
        select(Message, Turn, TriageResult.labels)
        .join(Turn, Turn.message_id == Message.id)
        .outerjoin(TriageResult, TriageResult.message_id == Message.id)
        .where(
            *which,
            Turn.state == "done",
            Message.kind == "text",
            Message.text != "",
            Message.recalled_at.is_(None),
        )
        .order_by(Message.conversation_id, Message.seq)
    )
    rows = [(row[0], row[1], row[2]) for row in await tx.execute(query)]
    pieces: dict[UUID, list[str]] = {}
    for message, turn, _ in rows:
        whole = turn.answered_with if turn.outcome == JOINED else message.id
        if whole is not None:
            pieces.setdefault(whole, []).append(message.text)
    return [
        Said(
            message.id,
            message.conversation_id,
            message.seq,
            message.created_at,
            join(pieces[message.id]),
            turn,
            labels,
        )
        for message, turn, labels in rows
        if turn.outcome != JOINED
    ]
