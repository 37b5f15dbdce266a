"""The clocks that run, as lists show them: the one that is due first, and what is near its end."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, or_, select

from api.db import Transaction
from api.deadlines import service
from api.models import Deadline


class RunningDeadline(BaseModel):
    """The deadline that is due first; `due_at` and `warn_at` are None while it pauses."""

    kind: str
    due_at: datetime | None
    warn_at: datetime | None
    breached: bool
    paused: bool


async def most_urgent(
    tx: Transaction, subject_ids: Iterable[UUID], now: datetime, without: Collection[str] = ()
) -> dict[UUID, RunningDeadline]:
    """Of each subject with a running deadline, kinds `without` aside, the one that is due first."""
    found: dict[UUID, RunningDeadline] = {}
    for subject_id, rows in (await service.of(tx, subject_ids, running=True)).items():
        first = service.most_urgent(row for row in rows if row.kind not in without)
        if first is not None:
            found[subject_id] = RunningDeadline(
                kind=first.kind,
                due_at=first.due_at,
                warn_at=first.warn_at,
                breached=breached_at(first, now) is not None,
                paused=first.running_since is None,
            )
    return found


def near_end(subject_kind: str, now: datetime) -> Select[UUID]:
    """The subjects that have a running deadline near its end, or missed."""
    return select(Deadline.subject_id).where(
        Deadline.subject_kind == subject_kind,
        Deadline.met_at.is_(None),
        Deadline.cancelled_at.is_(None),
        or_(Deadline.warn_at <= now, Deadline.breached_at.is_not(None)),
    )


def breached_at(row: Deadline, now: datetime) -> datetime | None:
    """When it was missed; known even before the sweep has seen it."""
    if row.breached_at is None and row.due_at is not None and row.due_at < now:
        return row.due_at
    return row.breached_at
