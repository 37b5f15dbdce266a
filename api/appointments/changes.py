"""Changes of visits that the customer is told of, whatever happens on the way.

A change is written down before the shop is asked. When the answer is lost, or the desk stops before
the customer was told, a worker asks the shop how the visit stands and tells them then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import structlog
from sqlalchemy import delete, select

from api.appointments import reminders
from api.audit import service as audit
from api.auth.service import Role, SignedIn
from api.commerce import acts
from api.commerce.interface import Appointment, OpenShop
from api.conversations import repository as conversations
from api.conversations.service import append
from api.db import Database, Transaction
from api.errors import AppointmentNotFound
from api.i18n import LANGUAGES, say
from api.ids import new_id, now
from api.models import CommerceAct, Conversation, Staff, VisitChange

log = structlog.get_logger(__name__)

Kind = Literal["changed", "cancelled", "completed"]

LEFT_AFTER = timedelta(seconds=30)
"""Whoever asked the shop has given up or stopped by then."""
_BATCH = 20
_STATES = {
    "changed": ("booked", "changed"),
    "cancelled": ("cancelled",),
    "completed": ("done",),
}


def begin(
    tx: Transaction, staff: SignedIn, number: str, kind: Kind, starts_at: datetime | None = None
) -> UUID:
    """Write down what the shop is about to be asked; gives the key of the act there."""
    change = VisitChange(
        id=new_id(),
        number=number,
        kind=kind,
        starts_at=starts_at,
        staff_id=staff.id,
        created_at=now(),
    )
    tx.add(change)
    return change.id


async def forget(tx: Transaction, change_id: UUID) -> None:
    """Nothing came of it."""
    await tx.execute(delete(VisitChange).where(VisitChange.id == change_id))


async def settle(tx: Transaction, change_id: UUID, visit: Appointment) -> None:
    """The visit has become what was wanted: tell the customer where they booked it, and remind them
    of it as it is now. A second time does nothing."""
    where = (await booked_in(tx, [visit.number])).get(visit.number)
    conversation = await conversations.lock(tx, where) if where else None
    change = await tx.get(VisitChange, change_id, with_for_update=True)
    if change is None:
        return
    await _note(tx, change, visit)
    if conversation is not None and change.kind != "completed":
        await reminders.plan(tx, conversation.id, visit, now())
        _tell(tx, conversation, change.kind, visit)
    await _drop_alike(tx, change)


async def mend(database: Database, shop: OpenShop, at: datetime) -> int:
    """Settle what was left over before `at`; gives how many changes it looked at.

    Raises Unavailable while the shop is away: they are looked at again.
    """
    waiting = await left_over(database, at)
    for change in waiting:
        visit = await _asked(shop, change.number)
        async with database.transaction() as tx:
            if visit is not None and _as_wanted(change, visit):
                await settle(tx, change.id, visit)
            else:
                log.warning("visit.not_changed", number=change.number, kind=change.kind)
                await forget(tx, change.id)
    return len(waiting)


async def left_over(database: Database, at: datetime) -> Sequence[VisitChange]:
    """Changes that nobody is at work with any more at `at`, the oldest first."""
    query = (
        select(VisitChange)
        .where(VisitChange.created_at < at - LEFT_AFTER)
        .order_by(VisitChange.created_at)
        .limit(_BATCH)
    )
    async with database.transaction() as tx:
        return (await tx.scalars(query)).all()


async def booked_in(tx: Transaction, numbers: list[str]) -> dict[str, UUID]:
    """The conversations in which visits were booked."""
    number = CommerceAct.result["appointment"]["number"].astext
    query = select(number.label("number"), CommerceAct.conversation_id).where(
        CommerceAct.act == acts.BOOK, number.in_(numbers)
    )
    return {row.number: row.conversation_id for row in await tx.execute(query)}


async def _asked(shop: OpenShop, number: str) -> Appointment | None:
    async with shop() as opened:
        try:
            return await opened.appointment(number)
        except AppointmentNotFound:
            return None


def _as_wanted(change: VisitChange, visit: Appointment) -> bool:
    moved = change.starts_at in (None, visit.starts_at)
    return moved and visit.state in _STATES[change.kind]


async def _note(tx: Transaction, change: VisitChange, visit: Appointment) -> None:
    by = await tx.get_one(Staff, change.staff_id)
    staff = SignedIn(by.id, by.username, by.display_name, Role(by.role), csrf_token="")
    data = {"change": change.kind, "starts_at": visit.starts_at.isoformat()}
    await audit.record(tx, staff, "appointment_changed", "appointment", visit.number, data)


def _tell(tx: Transaction, conversation: Conversation, kind: str, visit: Appointment) -> None:
    language = conversation.language if conversation.language in LANGUAGES else "zh"
    text = say(
        f"notice.appointment_{kind}",
        language,
        number=visit.number,
        service=say(f"choice.service.{visit.service}", language),
        at=reminders.local(visit.starts_at),
    )
    append(tx, conversation, author="system", kind="notice", text=text)


async def _drop_alike(tx: Transaction, change: VisitChange) -> None:
    """It, and earlier tries of the same: nobody is told twice."""
    await tx.execute(
        delete(VisitChange).where(
            VisitChange.number == change.number,
            VisitChange.kind == change.kind,
            VisitChange.starts_at.is_not_distinct_from(change.starts_at),
            VisitChange.created_at <= change.created_at,
        )
    )
