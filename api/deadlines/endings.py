"""Alerts end by themselves when their cause is gone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from api.db import Transaction
from api.events import Event
from api.models import Alert, Deadline

DEADLINE = "deadline"
"""An alert about time is about one deadline, so that each ends for itself."""


async def of_deadline(tx: Transaction, deadline_id: UUID, at: datetime) -> None:
    """Nobody needs to know of this deadline any more."""
    await of_subject(tx, DEADLINE, deadline_id, at=at)


async def of_warning(tx: Transaction, row: Deadline, at: datetime) -> None:
    """It is not near its end after all; people are warned again when it is."""
    row.warned_at = None
    await of_deadline(tx, row.id, at)


async def of_subject(
    tx: Transaction, subject_kind: str, subject_id: UUID, *kinds: str, at: datetime
) -> None:
    """End the open alerts about a subject (no kinds: all of them)."""
    query = (
        update(Alert)
        .where(
            Alert.subject_kind == subject_kind,
            Alert.subject_id == subject_id,
            Alert.ended_at.is_(None),
        )
        .values(ended_at=at, escalate_at=None)
        .returning(Alert.id)
    )
    if kinds:
        query = query.where(Alert.kind.in_(kinds))
    for alert_id in (await tx.scalars(query)).all():
        tx.emit(Event("alert", "", {"id": str(alert_id)}))
