"""The deadlines of conversations as lists show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from api.conversations.schemas import ConversationDeadline
from api.db import Transaction
from api.deadlines import service
from api.models import Conversation, Deadline


async def most_urgent(
    tx: Transaction, conversations: Sequence[Conversation]
) -> dict[UUID, ConversationDeadline]:
    """Of each conversation with a running deadline the one that is due first."""
    running = await service.of(tx, [each.id for each in conversations], running=True)
    first = {subject_id: service.most_urgent(rows) for subject_id, rows in running.items()}
    return {subject_id: _shown(row) for subject_id, row in first.items() if row is not None}


def breaching(now: datetime) -> ColumnElement[bool]:
    """As a condition of a query: a running deadline is near its end, or missed."""
    near = select(Deadline.subject_id).where(
        Deadline.subject_kind == "conversation",
        Deadline.met_at.is_(None),
        Deadline.cancelled_at.is_(None),
        Deadline.warn_at <= now,
    )
    return Conversation.id.in_(near)


def _shown(row: Deadline) -> ConversationDeadline:
    return ConversationDeadline(
        kind=row.kind,
        due_at=row.due_at,
        warn_at=row.warn_at,
        breached=row.breached_at is not None,
        paused=row.running_since is None,
    )
