"""Visits for the console: asked of the shop, and the customer told what becomes of them.

While the shop is asked no transaction of the desk is open, as at the counter of the bot.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from api.appointments import changes
from api.appointments.schemas import AppointmentOut
from api.auth.service import SignedIn
from api.commerce.catalogue import catalogue
from api.commerce.interface import Appointment, Commerce, OpenShop, Slot
from api.commerce.masking import mask_address, mask_contact
from api.commerce.rules import day_of
from api.conversations.schemas import Labelled
from api.db import Database
from api.errors import AppointmentNotFound, NotPossible
from api.i18n import say
from api.ids import now

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
        return await self._do(
            staff,
            number,
            "changed",
            lambda shop, key: shop.change_appointment(key, number, slot.id),
            starts_at,
        )

    async def cancel(self, staff: SignedIn, number: str) -> Appointment:
        """Call it off. Raises AppointmentNotFound, NotPossible: too_late, cancelled, done."""
        return await self._do(
            staff, number, "cancelled", lambda shop, key: shop.cancel_appointment(key, number)
        )

    async def complete(self, staff: SignedIn, number: str) -> Appointment:
        """It has taken place. Raises AppointmentNotFound, NotPossible: not_begun, cancelled,
        done."""
        return await self._do(
            staff, number, "completed", lambda shop, key: shop.complete_appointment(key, number)
        )

    async def shown(self, visits: Iterable[Appointment]) -> list[AppointmentOut]:
        """Visits as staff see them."""
        found = list(visits)
        async with self.database.transaction() as tx:
            booked = await changes.booked_in(tx, [visit.number for visit in found])
        return [_shown(visit, booked.get(visit.number)) for visit in found]

    async def _do(
        self,
        staff: SignedIn,
        number: str,
        kind: changes.Kind,
        act: Callable[[Commerce, str], Awaitable[Appointment]],
        starts_at: datetime | None = None,
    ) -> Appointment:
        """Have the shop do `act`, and tell the customer; an answer that is lost is caught up by a
        worker (`changes.mend`)."""
        async with self.database.transaction() as tx:
            change_id = changes.begin(tx, staff, number, kind, starts_at)
        try:
            async with self.shop() as shop:
                visit = await act(shop, str(change_id))
        except (AppointmentNotFound, NotPossible):
            async with self.database.transaction() as tx:
                await changes.forget(tx, change_id)
            raise
        async with self.database.transaction() as tx:
            await changes.settle(tx, change_id, visit)
        return visit


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
