"""Starting, meeting, pausing and aiming anew the clocks of the desk (norms §2).

Every function works inside the caller's transaction. Rows are locked in the order of their ids, so
that two who change several at once never wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from api.db import Transaction
from api.deadlines import endings
from api.deadlines.rows import clock_of, look_again, write
from api.deadlines.targets import target_of
from api.ids import new_id, now
from api.models import Deadline
from api.policies.service import policies
from triage import sla
from triage.sla import Standing

_NEVER = datetime.max.replace(tzinfo=UTC)


async def start(
    tx: Transaction,
    subject_kind: str,
    subject_id: UUID,
    kind: str,
    priority: str | None = None,
    at: datetime | None = None,
) -> Deadline:
    """Start a clock at `at` (now); one of that kind that runs already is given back as it is."""
    running = await _locked(tx, subject_id, (kind,))
    if running:
        return running[0]
    known, moment = await policies(tx), at or now()
    row = Deadline(
        id=new_id(),
        subject_kind=subject_kind,
        subject_id=subject_id,
        kind=kind,
        priority=priority,
        started_at=moment,
        created_at=now(),
    )
    write(row, sla.start(target_of(known, kind, priority), moment, known.calendar), known)
    tx.add(row)
    await tx.flush()
    return row


async def meet(tx: Transaction, subject_id: UUID, *kinds: str, at: datetime | None = None) -> None:
    """What the clocks of these kinds waited for has happened. A late one is a breach for good."""
    known, moment = await policies(tx), at or now()
    for row in await _locked(tx, subject_id, kinds):
        write(row, sla.stop(clock_of(row), moment, known.calendar), known)
        await endings.of_deadline(tx, row.id, moment)


async def cancel(
    tx: Transaction, subject_id: UUID, *kinds: str, at: datetime | None = None
) -> None:
    """Nothing is waited for any more (no kinds: of all clocks). What was missed stays missed."""
    known, moment = await policies(tx), at or now()
    for row in await _locked(tx, subject_id, kinds):
        write(row, sla.pause(clock_of(row), moment, known.calendar), known)
        row.cancelled_at = moment
        await endings.of_deadline(tx, row.id, moment)


async def pause(tx: Transaction, subject_id: UUID, at: datetime | None = None) -> None:
    """All clocks stand still: the desk waits for the customer. Again changes nothing."""
    known, moment = await policies(tx), at or now()
    for row in await _locked(tx, subject_id):
        write(row, sla.pause(clock_of(row), moment, known.calendar), known)
        if row.breached_at is None:
            await endings.of_warning(tx, row, moment)


async def resume(tx: Transaction, subject_id: UUID, at: datetime | None = None) -> None:
    """All clocks that stood still run on: the customer has answered."""
    known, moment = await policies(tx), at or now()
    for row in await _locked(tx, subject_id):
        write(row, sla.resume(clock_of(row), moment), known)


async def reopen(
    tx: Transaction, subject_id: UUID, *kinds: str, at: datetime | None = None
) -> None:
    """Clocks that were over or called off run on with what they had used, the newest of a kind."""
    known, moment = await policies(tx), at or now()
    running = {row.kind for row in await _locked(tx, subject_id)}
    query = (
        select(Deadline)
        .where(Deadline.subject_id == subject_id, Deadline.kind.in_(set(kinds) - running))
        .order_by(Deadline.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    newest = {row.kind: row for row in (await tx.scalars(query)).all()}
    for row in newest.values():
        row.cancelled_at = row.warned_at = None
        write(row, sla.resume(clock_of(row), moment), known)


async def retarget(
    tx: Transaction, subject_id: UUID, priority: str, at: datetime | None = None
) -> None:
    """Aim all clocks at another priority; what was used stays used."""
    known, moment = await policies(tx), at or now()
    for row in await _locked(tx, subject_id):
        target = target_of(known, row.kind, priority)
        clock = sla.retarget(clock_of(row), target, moment, known.calendar)
        row.priority = priority
        write(row, clock, known)
        standing = sla.standing(clock, moment, known.sla.warn_share, known.calendar)
        if standing not in (Standing.WARNING, Standing.BREACHED):
            await endings.of_warning(tx, row, moment)
            look_again(row)


async def of(
    tx: Transaction, subject_ids: Iterable[UUID], *, running: bool = False
) -> dict[UUID, list[Deadline]]:
    """The clocks of each subject in the order they were started, those called off left out."""
    query = select(Deadline).where(
        Deadline.subject_id.in_(list(subject_ids)), Deadline.cancelled_at.is_(None)
    )
    if running:
        query = query.where(Deadline.met_at.is_(None))
    found: dict[UUID, list[Deadline]] = {}
    for row in await tx.scalars(query.order_by(Deadline.started_at, Deadline.id)):
        found.setdefault(row.subject_id, []).append(row)
    return found


def most_urgent(deadlines: Iterable[Deadline]) -> Deadline | None:
    """The running one that is due first; those that pause come last. None when none runs."""
    running = [row for row in deadlines if row.met_at is None and row.cancelled_at is None]
    return min(running, key=lambda row: (row.due_at or _NEVER, row.id), default=None)


async def _locked(tx: Transaction, subject_id: UUID, kinds: Collection[str] = ()) -> list[Deadline]:
    """The clocks of a subject that are not over, locked."""
    query = (
        select(Deadline)
        .where(
            Deadline.subject_id == subject_id,
            Deadline.met_at.is_(None),
            Deadline.cancelled_at.is_(None),
        )
        .order_by(Deadline.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if kinds:
        query = query.where(Deadline.kind.in_(kinds))
    return list((await tx.scalars(query)).all())
