"""Visits for the console: asked of the shop, and the customer told what becomes of them.

While the shop is asked no transaction of the desk is open, as at the counter of the bot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from api.appointments import reminders
from api.appointments.schemas import AppointmentOut
from api.audit import service as audit
from api.auth.service import SignedIn
from api.commerce import acts
from api.commerce.catalogue import catalogue
from api.commerce.interface import Appointment, OpenShop, Slot
from api.commerce.masking import mask_address, mask_contact
from api.commerce.rules import day_of
from api.conversations import repository as conversations
from api.conversations.schemas import Labelled
from api.conversations.service import append
from api.db import Database, Transaction
from api.errors import NotPossible
from api.i18n import LANGUAGES, say
from api.ids import new_id, now
from api.models import CommerceAct

_FAR = timedelta(days=366)
"""Nobody has free times so far ahead."""


@dataclass(frozen=True, slots=True)
class Visits:
    """What one request of the console does with visits."""

    database: Database
    shop: OpenShop

    async def between(self, start: datetime, end: datetime) -> list[AppointmentOut]:
        """All that begin in that time, in order."""
        async with self.shop() as shop:
            found = await shop.appointments_between(start, end)
        return await self.shown(found)

    async def slots(self, number: str) -> list[Slot]:
        """When it could be instead. Raises AppointmentNotFound."""
        async with self.shop() as shop:
            visit = await shop.appointment(number)
            return await shop.slots(visit.service, visit.address, None)

    async def change(self, staff: SignedIn, number: str, starts_at: datetime) -> Appointment:
        """Move it to a free time; to the time it has already changes nothing.

        Raises AppointmentNotFound, NotPossible: past, slot_taken, too_late, cancelled, done.
        """
        if starts_at <= now():
            raise NotPossible(reason="past")
        if starts_at > now() + _FAR:
            raise NotPossible(reason="slot_taken")
        async with self.shop() as shop:
            visit = await shop.appointment(number)
            if visit.starts_at == starts_at and visit.state in ("booked", "changed"):
                return visit
            free = await shop.slots(visit.service, visit.address, day_of(starts_at))
            slot = next((each for each in free if each.starts_at == starts_at), None)
            if slot is None:
                raise NotPossible(reason="slot_taken")
            visit = await shop.change_appointment(str(new_id()), number, slot.id)
        await self._tell(staff, visit, "changed")
        return visit

    async def cancel(self, staff: SignedIn, number: str) -> Appointment:
        """Call it off. Raises AppointmentNotFound, NotPossible: too_late, cancelled, done."""
        async with self.shop() as shop:
            visit = await shop.cancel_appointment(str(new_id()), number)
        await self._tell(staff, visit, "cancelled")
        return visit

    async def complete(self, staff: SignedIn, number: str) -> Appointment:
        """It has taken place. Raises AppointmentNotFound, NotPossible: not_begun, cancelled,
        done."""
        async with self.shop() as shop:
            visit = await shop.complete_appointment(str(new_id()), number)
        async with self.database.transaction() as tx:
            await _note(tx, staff, visit, "completed")
        return visit

    async def shown(self, visits: Iterable[Appointment]) -> list[AppointmentOut]:
        """Visits as staff see them."""
        found = list(visits)
        async with self.database.transaction() as tx:
            booked = await _booked_in(tx, [visit.number for visit in found])
        return [_shown(visit, booked.get(visit.number)) for visit in found]

    async def _tell(self, staff: SignedIn, visit: Appointment, change: str) -> None:
        """Tell the customer where they booked it, and remind them of it as it is now."""
        async with self.database.transaction() as tx:
            await _note(tx, staff, visit, change)
            where = (await _booked_in(tx, [visit.number])).get(visit.number)
            if where is None:
                return
            conversation = await conversations.lock(tx, where)
            await reminders.plan(tx, where, visit, now())
            language = conversation.language if conversation.language in LANGUAGES else "zh"
            text = say(
                f"notice.appointment_{change}",
                language,
                number=visit.number,
                service=say(f"choice.service.{visit.service}", language),
                at=reminders.local(visit.starts_at),
            )
            append(tx, conversation, author="system", kind="notice", text=text)


async def _note(tx: Transaction, staff: SignedIn, visit: Appointment, change: str) -> None:
    data = {"change": change, "starts_at": visit.starts_at.isoformat()}
    await audit.record(tx, staff, "appointment_changed", "appointment", visit.number, data)


async def _booked_in(tx: Transaction, numbers: list[str]) -> dict[str, UUID]:
    """The conversations in which visits were booked."""
    number = CommerceAct.result["appointment"]["number"].astext
    query = select(number.label("number"), CommerceAct.conversation_id).where(
        CommerceAct.act == acts.BOOK, number.in_(numbers)
    )
    return {row.number: row.conversation_id for row in await tx.execute(query)}


def _shown(visit: Appointment, conversation_id: UUID | None) -> AppointmentOut:
    city = catalogue().city_of(visit.address)
    return AppointmentOut(
        number=visit.number,
        service=Labelled(key=visit.service, name=say(f"choice.service.{visit.service}")),
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        state=visit.state,
        city=catalogue().cities[city] if city else None,
        address_masked=mask_address(visit.address),
        contact_masked=mask_contact(visit.contact),
        conversation_id=conversation_id,
    )
