"""What is learned of a customer's words goes with the customer (norms §7)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Text, cast, delete, select

from api.commerce.once import serialise
from api.db import Transaction
from api.learning.material.seeding import LOCK
from api.models import LearningEvent, TrainingLine


async def lines_of(tx: Transaction, customer_id: UUID) -> set[tuple[str, str]]:
    """Kind and text of the lines that are the customer's words."""
    query = select(TrainingLine.kind, TrainingLine.text).where(
        TrainingLine.customer_id == customer_id
    )
    return {(row.kind, row.text) for row in await tx.execute(query)}


async def forget(tx: Transaction, customer_id: UUID) -> int:
    """Delete the lines that are the customer's words, and their history; gives how many lines.

    The next training no longer knows them.
    """
    await serialise(tx, LOCK)
    theirs = select(TrainingLine.id).where(TrainingLine.customer_id == customer_id)
    names = select(cast(TrainingLine.id, Text)).where(TrainingLine.customer_id == customer_id)
    await tx.execute(
        delete(LearningEvent).where(LearningEvent.kind == "line", LearningEvent.subject.in_(names))
    )
    gone = await tx.execute(
        delete(TrainingLine).where(TrainingLine.id.in_(theirs)).returning(TrainingLine.id)
    )
    return len(gone.all())
