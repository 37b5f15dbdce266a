"""Labels that people corrected in their work: offered to the review, learned once accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from api.auth.service import SignedIn
from api.db import Transaction
from api.errors import NotFound
from api.learning.masking import learnable
from api.learning.material.adding import Outcome, Wanted, add
from api.models import Conversation, LabelCorrection, Message
from classifier.labels import TARGETS


@dataclass(frozen=True, slots=True)
class Corrected:
    """A customer's message and what people said it is; the last word on each label counts."""

    message_id: UUID
    conversation_id: UUID
    customer_id: UUID
    text: str
    """Masked."""
    said: dict[str, str | None]
    """What the desk had said, by target."""
    labels: dict[str, str]
    """What people say, by target (`classifier.labels.TARGETS`)."""
    created_at: datetime
    """Of the last correction."""


async def since(
    tx: Transaction, after: UUID | None, limit: int
) -> tuple[list[Corrected], UUID | None]:
    """Messages with corrections made after the correction `after`, and the last one read.

    Corrections of tickets that hang on no message, and priorities (which follow from impact and
    urgency), teach nothing and are left out.
    """
    query = select(LabelCorrection.id, LabelCorrection.message_id).order_by(LabelCorrection.id)
    if after is not None:
        query = query.where(LabelCorrection.id > after)
    rows = (await tx.execute(query.limit(limit))).all()
    found = [row.message_id for row in rows if row.message_id is not None]
    return await _read(tx, LabelCorrection.message_id.in_(found)), rows[-1].id if rows else after


async def of_message(tx: Transaction, message_id: UUID) -> Corrected | None:
    """What people corrected of one message; None: nothing that can be learned."""
    found = await _read(tx, LabelCorrection.message_id == message_id)
    return found[0] if found else None


async def accept(
    tx: Transaction,
    staff: SignedIn,
    message_id: UUID,
    labels: Mapping[str, str] | None = None,
) -> Outcome:
    """Learn a corrected message: its line has the labels people corrected, and `labels` over them.

    A line of the same words gets them too. Raises NotFound when nothing was corrected.
    """
    found = await of_message(tx, message_id)
    if found is None:
        raise NotFound
    joined: dict[str, str | int] = {**found.labels, **(labels or {})}
    wanted = Wanted(
        found.text, str(joined.get("category", "")), joined, message_id, found.customer_id
    )
    return await add(tx, staff, "triage", [wanted], source="correction", move=True)


async def _read(tx: Transaction, which: ColumnElement[bool]) -> list[Corrected]:
    query = (
        select(LabelCorrection, Message, Conversation.customer_id)
        .join(Message, Message.id == LabelCorrection.message_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            which,
            LabelCorrection.target.in_(TARGETS),
            Message.author == "customer",
            Message.recalled_at.is_(None),
        )
        .order_by(LabelCorrection.id)
    )
    by_message: dict[UUID, list[tuple[LabelCorrection, Message, UUID]]] = {}
    for row in (await tx.execute(query)).all():
        correction, message, customer_id = row
        by_message.setdefault(message.id, []).append((correction, message, customer_id))
    return [_joined(rows) for rows in by_message.values()]


def _joined(rows: Sequence[tuple[LabelCorrection, Message, UUID]]) -> Corrected:
    first: dict[str, str | None] = {}
    for correction, _, _ in rows:
        first.setdefault(correction.target, correction.said)
    _, message, customer_id = rows[0]
    return Corrected(
        message.id,
        message.conversation_id,
        customer_id,
        learnable(message.text),
        first,
        {correction.target: correction.corrected for correction, _, _ in rows},
        rows[-1][0].created_at,
    )
