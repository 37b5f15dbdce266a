"""The desk's side of the counter: who may ask the shop for what, and each act once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID, uuid5

from pydantic_core import to_jsonable_python
from sqlalchemy import select

from api.commerce import identity
from api.commerce.interface import Appointment, Booking, Commerce, Slot
from api.commerce.once import serialise
from api.commerce.schemas import Acting, AppointmentResult, Asking, Created, SlotRequest
from api.commerce.views import MaskedAppointment, masked_appointment
from api.context import Desk
from api.conversations import repository as conversations
from api.db import Transaction
from api.errors import AppointmentNotFound, NotVerified
from api.ids import new_id, now
from api.models import CommerceAct

R = TypeVar("R", bound=Created)
BOOK = "appointment/book"


class Perform(Protocol):
    """Does an act under a key that is the same for every repeat; its result is a dataclass."""

    def __call__(self, key: str, /) -> Awaitable[object]:
        """Do it."""


@dataclass(frozen=True, slots=True)
class _Visit:
    appointment: MaskedAppointment


@dataclass(frozen=True, slots=True)
class Counter:
    """One request of a conversation, in one transaction."""

    tx: Transaction
    shop: Commerce
    conversation_id: UUID

    async def customer(self) -> str:
        """The shop customer the conversation has proved to be; raises NotVerified."""
        return await identity.verified_customer(self.tx, self.conversation_id)

    async def once(self, act: str, body: Acting, shape: type[R], perform: Perform) -> R:
        """Do `act` for a message; the same one again gives the kept result and does nothing.

        The result is kept in this transaction. Should it be lost after another server has done
        the act, that server knows the key. What is not possible is not kept: it may become so.
        """
        await serialise(self.tx, f"commerce:{self.conversation_id}")
        known = await self.tx.scalar(
            select(CommerceAct).where(
                CommerceAct.conversation_id == self.conversation_id,
                CommerceAct.message_id == body.message_id,
                CommerceAct.act == act,
            )
        )
        if known is not None:
            return shape.model_validate({**known.result, "created": False})
        key = str(uuid5(self.conversation_id, f"{body.message_id}:{act}"))
        result = to_jsonable_python(await perform(key))
        self.tx.add(
            CommerceAct(
                id=new_id(),
                conversation_id=self.conversation_id,
                message_id=body.message_id,
                act=act,
                result=result,
                created_at=now(),
            )
        )
        await self.tx.flush()
        return shape.model_validate({**result, "created": True})

    async def slots(self, wish: SlotRequest) -> list[Slot]:
        """Free times, where and for what is said or for an appointment of this customer."""
        if wish.number is not None:
            own = await self._own_appointment(wish.number)
            return await self.shop.slots(own.service, own.address, wish.on)
        assert wish.service is not None
        assert wish.address is not None
        return await self.shop.slots(wish.service, wish.address, wish.on)

    async def appointments(self) -> list[MaskedAppointment]:
        """Open ones of the verified customer, and those this conversation has booked."""
        booked = await self._booked()
        try:
            found = await self.shop.appointments(await self.customer())
        except NotVerified:
            if not booked:
                raise
            found = []
        known = {each.number for each in found}
        own = [await self.shop.appointment(number) for number in booked - known]
        found += [each for each in own if each.state in ("booked", "changed")]
        return [masked_appointment(each) for each in sorted(found, key=lambda each: each.starts_at)]

    async def book(self, body: Acting, booking: Booking) -> AppointmentResult:
        """Book a visit: the customer's own new data, so that no proof is needed."""

        async def perform(key: str) -> _Visit:
            return _Visit(masked_appointment(await self.shop.book(key, booking)))

        return await self.once(BOOK, body, AppointmentResult, perform)

    async def change_appointment(
        self, body: Acting, number: str, slot_id: str
    ) -> AppointmentResult:
        """Move a visit of this customer or conversation."""

        async def perform(key: str) -> _Visit:
            changed = await self.shop.change_appointment(key, number, slot_id)
            return _Visit(masked_appointment(changed))

        await self._own_appointment(number)
        return await self.once("appointment/change", body, AppointmentResult, perform)

    async def cancel_appointment(self, body: Acting, number: str) -> AppointmentResult:
        """Cancel a visit of this customer or conversation."""

        async def perform(key: str) -> _Visit:
            return _Visit(masked_appointment(await self.shop.cancel_appointment(key, number)))

        await self._own_appointment(number)
        return await self.once("appointment/cancel", body, AppointmentResult, perform)

    async def known_customer(self) -> str | None:
        """The verified shop customer, if any."""
        try:
            return await self.customer()
        except NotVerified:
            return None

    async def _own_appointment(self, number: str) -> Appointment:
        """Raises NotVerified, and AppointmentNotFound for somebody else's."""
        if number in await self._booked():
            return await self.shop.appointment(number)
        customer = await self.customer()
        found = await self.shop.appointment(number)
        if found.customer_id != customer:
            raise AppointmentNotFound
        return found

    async def _booked(self) -> set[str]:
        """Numbers of the visits this conversation has booked."""
        number = CommerceAct.result["appointment"]["number"].astext
        query = select(number).where(
            CommerceAct.conversation_id == self.conversation_id, CommerceAct.act == BOOK
        )
        return set((await self.tx.scalars(query)).all())


@asynccontextmanager
async def counter(desk: Desk, body: Asking) -> AsyncIterator[Counter]:
    """The counter of one request; raises NotFound for an unknown conversation."""
    async with desk.database.transaction() as tx:
        await conversations.get(tx, body.conversation_id)
        yield Counter(tx, desk.shop(tx), body.conversation_id)
