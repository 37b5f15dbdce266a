"""Messages that cross: somebody else has spoken while an agent was writing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from api.conversations.repository import shown_to_customer
from api.db import Transaction
from api.models import Message

_MOST = 50


@dataclass(frozen=True, slots=True)
class Newer:
    """What was said meanwhile, by `seq`: by the bot or other staff, and by the customer."""

    others: tuple[int, ...]
    customer: tuple[int, ...]


async def newer_than(
    tx: Transaction, conversation_id: UUID, after_seq: int, staff_id: UUID
) -> Newer:
    """What somebody other than `staff_id` has said since `after_seq`.

    Notices of the desk say nothing that an answer could contradict, and notes among staff do not
    reach the customer: neither counts.
    """
    query = (
        select(Message.seq, Message.author)
        .where(
            Message.conversation_id == conversation_id,
            Message.seq > after_seq,
            Message.author != "system",
            Message.staff_id.is_distinct_from(staff_id),
            Message.recalled_at.is_(None),
            shown_to_customer(),
        )
        .order_by(Message.seq)
        .limit(_MOST)
    )
    rows = (await tx.execute(query)).all()
    return Newer(
        tuple(row.seq for row in rows if row.author != "customer"),
        tuple(row.seq for row in rows if row.author == "customer"),
    )
