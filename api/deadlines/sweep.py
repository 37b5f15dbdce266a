"""What the worker does as time passes: warns, records breaches, tells people, reminds customers.

Everything that happens to a row happens in one transaction: a worker that is killed leaves the row
as it was, and the next look does all of it. Rows that another worker looks at are left to it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select

from api.appointments import reminders
from api.db import Database, Transaction
from api.deadlines import alerts, bursts, endings, follow_ups, rows
from api.deadlines.people import concern
from api.deadlines.targets import FOLLOW_UP, UNANSWERED
from api.models import Conversation, Deadline, FollowUp
from api.policies.service import policies
from triage.calendar import BusinessCalendar
from triage.ownership import State
from triage.policy.escalation import AlertKind

log = structlog.get_logger(__name__)

_BATCH = 50
_RECOUNTED = 200
_FIRST = UUID(int=0)


class Sweep:
    """Looks at what is due. One a worker; it remembers the calendar it has counted with."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._calendar: BusinessCalendar | None = None

    async def run(self, at: datetime) -> None:
        """Everything that is due at `at`, after an outage too."""
        await self._follow_calendar(at)
        await self._all(look, at)
        await self._all(alerts.escalate, at)
        await reminders.send(self._database, at)

    async def find_bursts(self, at: datetime) -> None:
        """Many messages about one thing at once."""
        async with self._database.transaction() as tx:
            await bursts.find(tx, at)

    async def _all(
        self, step: Callable[[Transaction, datetime], Awaitable[int]], at: datetime
    ) -> None:
        """A batch a transaction, until nothing is left."""
        done = 1
        while done:
            async with self._database.transaction() as tx:
                done = await step(tx, at)

    async def _follow_calendar(self, at: datetime) -> None:
        """Clocks in business time are counted anew when the calendar is another one."""
        async with self._database.transaction() as tx:
            calendar = (await policies(tx)).calendar
        if calendar == self._calendar:
            return
        last: UUID | None = _FIRST
        while last is not None:
            async with self._database.transaction() as tx:
                last = await recount(tx, last, at)
        self._calendar = calendar


async def look(tx: Transaction, at: datetime) -> int:
    """Warn of and record what has come before `at`; returns how many rows it looked at, a batch at
    most."""
    query = (
        select(Deadline)
        .where(Deadline.next_look_at < at)
        .order_by(Deadline.next_look_at)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    found = (await tx.scalars(query)).all()
    for row in found:
        await _look_at(tx, row, at)
    await tx.flush()
    return len(found)


async def recount(tx: Transaction, after: UUID, at: datetime) -> UUID | None:
    """Count the next running clocks anew by the calendar that holds at `at`.

    Returns the last one it looked at, None when none is left.
    """
    query = (
        select(Deadline)
        .where(
            Deadline.id > after,
            Deadline.met_at.is_(None),
            Deadline.cancelled_at.is_(None),
            Deadline.breached_at.is_(None),
        )
        .order_by(Deadline.id)
        .limit(_RECOUNTED)
        .with_for_update()
    )
    found = (await tx.scalars(query)).all()
    known = await policies(tx)
    for row in found:
        if rows.is_recomputable(row):
            rows.write(row, rows.clock_of(row), known)
            if row.warned_at is not None and row.warn_at is not None and row.warn_at > at:
                await endings.of_warning(tx, row, at)
                rows.look_again(row)
    return found[-1].id if found else None


async def _look_at(tx: Transaction, row: Deadline, at: datetime) -> None:
    if await _is_moot(tx, row):
        row.cancelled_at, row.next_look_at = at, None
        await endings.of_deadline(tx, row.id, at)
        return
    if row.due_at is not None and row.due_at < at:
        await _breach(tx, row, row.due_at, at)
    elif row.warn_at is not None and row.warn_at < at and row.warned_at is None:
        await _warn(tx, row, at)
    rows.look_again(row)


async def _is_moot(tx: Transaction, row: Deadline) -> bool:
    """Whether nobody waits in the conversation any more, e.g. because the bot has it again."""
    if row.subject_kind != "conversation":
        return False
    state = await tx.scalar(select(Conversation.state).where(Conversation.id == row.subject_id))
    return state not in (State.QUEUED, State.ACTIVE)


async def _breach(tx: Transaction, row: Deadline, due_at: datetime, at: datetime) -> None:
    row.breached_at = due_at
    await endings.of_deadline(tx, row.id, at)
    kind = AlertKind.COMPLAINT_UNANSWERED if row.kind == UNANSWERED else AlertKind.SLA_BREACH
    await alerts.raise_alert(tx, kind, endings.DEADLINE, row.id, await _told(tx, row), at)
    log.info("deadline.breached", kind=row.kind, subject=str(row.subject_id))


async def _warn(tx: Transaction, row: Deadline, at: datetime) -> None:
    row.warned_at = at
    if row.kind == FOLLOW_UP:
        await follow_ups.tell(tx, await tx.get_one(FollowUp, row.subject_id))
        return
    told = await _told(tx, row)
    await alerts.raise_alert(tx, AlertKind.SLA_WARNING, endings.DEADLINE, row.id, told, at)


async def _told(tx: Transaction, row: Deadline) -> dict[str, str]:
    about = await concern(tx, row.subject_kind, row.subject_id)
    told = {"title": about.title, "deadline": row.kind}
    return {**told, "priority": row.priority} if row.priority else told
