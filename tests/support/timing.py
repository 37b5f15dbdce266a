"""Time for these tests: a desk that never closes, and a worker that looks when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.deadlines.sweep import Sweep
from api.ids import new_id
from api.models import Alert, Conversation, Customer, Deadline, Setting
from api.policies import service as policies
from tests.support.rig import Rig

MONDAY = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai on a working Monday."""
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ALL_DAY = [["00:00", "24:00"]]
NEVER_CLOSED: dict[str, Any] = {
    "weekly": dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ALL_DAY),
    "make_up": ALL_DAY,
    "public_holidays": False,
}


async def set_calendar(rig: Rig, value: dict[str, Any]) -> None:
    """Give the desk another calendar, for this process at once."""
    async with rig.database.transaction() as tx:
        row = await tx.get(Setting, "calendar")
        if row is None:
            tx.add(Setting(key="calendar", value=value, version=1))
        else:
            row.value, row.version = value, row.version + 1
        policies.forget(tx)


async def never_closed(rig: Rig) -> None:
    """Business time is the clock's, whenever the test runs."""
    await set_calendar(rig, NEVER_CLOSED)


async def sweep(rig: Rig, at: datetime) -> None:
    """What a worker does at `at`."""
    await Sweep(rig.database).run(at)


async def clock(rig: Rig, kind: str, subject_id: UUID | None = None) -> Deadline:
    """The newest clock of that kind."""
    query = select(Deadline).where(Deadline.kind == kind).order_by(Deadline.id.desc()).limit(1)
    if subject_id is not None:
        query = query.where(Deadline.subject_id == subject_id)
    async with rig.database.transaction() as tx:
        found = await tx.scalar(query)
    assert found is not None, kind
    return found


async def alerts(rig: Rig, kind: str | None = None) -> list[Alert]:
    """Alerts, the oldest first."""
    query = select(Alert).order_by(Alert.id)
    if kind is not None:
        query = query.where(Alert.kind == kind)
    async with rig.database.transaction() as tx:
        return list((await tx.scalars(query)).all())


async def queued(rig: Rig, priority: str, at: datetime, **more: Any) -> Conversation:
    """A conversation in the queue since `at`, as its row stands."""
    async with rig.database.transaction() as tx:
        customer = Customer(id=new_id(), display_name="林女士")
        tx.add(customer)
        await tx.flush()
        made = Conversation(
            id=new_id(),
            customer_id=customer.id,
            state="queued",
            priority=priority,
            queued_at=at,
            **more,
        )
        tx.add(made)
    return made
