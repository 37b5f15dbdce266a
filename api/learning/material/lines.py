"""Lines that are learned from: found, taken away and put back (`api.learning.material.adding`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from api.auth.service import SignedIn
from api.commerce.once import serialise
from api.db import Transaction
from api.errors import LineConflict, NotFound
from api.ids import now
from api.learning.material import history
from api.learning.material.labels import Labels
from api.learning.material.seeding import LOCK
from api.learning.material.texts import Kind
from api.models import KnowledgeEntry, KnowledgeQuestion, TrainingLine
from api.paging import page_of

ACTIVE, REMOVED = "active", "removed"


async def remove(tx: Transaction, staff: SignedIn, line_id: UUID) -> TrainingLine:
    """Take a line out of the next training; raises NotFound."""
    await serialise(tx, LOCK)
    line = await _get(tx, line_id)
    if line.state == ACTIVE:
        set_state(tx, line, staff, REMOVED)
        await tx.flush()
    return line


async def restore(tx: Transaction, staff: SignedIn, line_id: UUID) -> TrainingLine:
    """Put a line back; raises NotFound, and LineConflict when its text has another label now."""
    await serialise(tx, LOCK)
    line = await _get(tx, line_id)
    if line.state == ACTIVE:
        return line
    other = await tx.scalar(
        select(TrainingLine).where(
            TrainingLine.kind == line.kind,
            TrainingLine.digest == line.digest,
            TrainingLine.state == ACTIVE,
        )
    )
    if other is not None:
        raise LineConflict(label=other.label, line_id=str(other.id))
    if line.kind == "intent" and (
        key := (await asked_in_knowledge(tx, [line.text])).get(line.text)
    ):
        raise LineConflict(label=f"faq/{key}", line_id=None)
    set_state(tx, line, staff, ACTIVE)
    await tx.flush()
    return line


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines."""

    kind: Kind
    label: str | None = None
    text: str | None = None
    """Stands in the line."""
    state: str = ACTIVE
    source: str | None = None


async def page(
    tx: Transaction, wanted: Filter, cursor: str | None, limit: int
) -> Sequence[TrainingLine]:
    """Lines, newest first, and one more than `limit` if there are more."""
    query = select(TrainingLine).where(
        TrainingLine.kind == wanted.kind, TrainingLine.state == wanted.state
    )
    if wanted.label is not None:
        query = query.where(TrainingLine.label == wanted.label)
    if wanted.source is not None:
        query = query.where(TrainingLine.source == wanted.source)
    if wanted.text:
        query = query.where(TrainingLine.text.icontains(wanted.text, autoescape=True))
    paged = page_of(
        query, TrainingLine.created_at.expression, TrainingLine.id.expression, cursor, limit
    )
    return (await tx.scalars(paged)).all()


async def counts(tx: Transaction, kind: Kind) -> dict[str, int]:
    """Active lines of a kind by label."""
    query = (
        select(TrainingLine.label, func.count().label("lines"))
        .where(TrainingLine.kind == kind, TrainingLine.state == ACTIVE)
        .group_by(TrainingLine.label)
    )
    return {row.label: row.lines for row in await tx.execute(query)}


async def asked_in_knowledge(tx: Transaction, texts: Iterable[str]) -> dict[str, str]:
    """Keys of the knowledge entries that have these texts as questions, by text."""
    given = list(texts)
    title = select(KnowledgeEntry.question, KnowledgeEntry.key).where(
        KnowledgeEntry.question.in_(given)
    )
    wording = (
        select(KnowledgeQuestion.text, KnowledgeEntry.key)
        .join(KnowledgeEntry, KnowledgeEntry.id == KnowledgeQuestion.entry_id)
        .where(KnowledgeQuestion.text.in_(given))
    )
    return {row[0]: row.key for row in await tx.execute(title.union_all(wording))}


def set_state(
    tx: Transaction,
    line: TrainingLine,
    staff: SignedIn | None,
    state: str,
    labels: Labels | None = None,
) -> None:
    """Take a line away or put it back, with other `labels` if they are given."""
    before = history.state_of(line)
    line.state = state
    line.removed_at = now() if state == REMOVED else None
    line.staff_id = staff.id if staff else line.staff_id
    if labels:
        line.labels = labels
    history.note_line(tx, line, "removed" if state == REMOVED else "restored", before, staff)


async def _get(tx: Transaction, line_id: UUID) -> TrainingLine:
    line = await tx.get(TrainingLine, line_id, with_for_update=True)
    if line is None:
        raise NotFound
    return line
