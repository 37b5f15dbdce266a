"""What was changed of what is learned from, by whom, with what stood before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from api.auth.service import SignedIn
from api.db import Transaction
from api.ids import new_id, now
from api.models import LearningEvent, TrainingLine
from api.models.base import JsonObject
from api.paging import page_of


def note(
    tx: Transaction,
    kind: str,
    subject: str,
    action: str,
    before: JsonObject,
    after: JsonObject,
    staff: SignedIn | None,
) -> None:
    """Keep a change; `before` and `after` hold the same fields, as far as there are any."""
    tx.add(
        LearningEvent(
            id=new_id(),
            kind=kind,
            subject=subject,
            action=action,
            before=before,
            after=after,
            staff_id=staff.id if staff else None,
            created_at=now(),
        )
    )


def note_line(
    tx: Transaction, line: TrainingLine, action: str, before: JsonObject, staff: SignedIn | None
) -> None:
    """Keep a change of a line: `added`, `changed`, `removed` or `restored`."""
    note(tx, "line", str(line.id), action, before, state_of(line), staff)


def state_of(line: TrainingLine) -> JsonObject:
    """A line as the history shows it."""
    return {
        "kind": line.kind,
        "label": line.label,
        "text": line.text,
        "labels": dict(line.labels),
        "state": line.state,
    }


async def page(
    tx: Transaction, kind: str | None, subject: str | None, cursor: str | None, limit: int
) -> Sequence[LearningEvent]:
    """Changes, newest first, and one more than `limit` if there are more."""
    query = select(LearningEvent)
    if kind is not None:
        query = query.where(LearningEvent.kind == kind)
    if subject is not None:
        query = query.where(LearningEvent.subject == subject)
    paged = page_of(
        query, LearningEvent.created_at.expression, LearningEvent.id.expression, cursor, limit
    )
    return (await tx.scalars(paged)).all()


def difference(before: JsonObject, after: JsonObject) -> list[tuple[str, Any, Any]]:
    """`(field, before, after)` of what differs."""
    fields = dict.fromkeys([*before, *after])
    return [
        (name, before.get(name), after.get(name))
        for name in fields
        if before.get(name) != after.get(name)
    ]
