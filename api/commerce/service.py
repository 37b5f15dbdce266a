"""The desk's side of the counter: who may ask the shop for what, and each act once.

While the shop is asked no transaction of the desk is open, and one request opens the shop once:
its limit of time (`api.commerce.source`) is that of the whole request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from pydantic_core import to_jsonable_python

from api.appointments import reminders
from api.commerce import acts, identity
from api.commerce.acts import Act
from api.commerce.interface import Appointment, Booking, Commerce, OpenShop, Slot
from api.commerce.schemas import Acting, AppointmentResult, Asking, Created, SlotRequest
from api.commerce.views import MaskedAppointment, masked_appointment
from api.context import Desk
from api.conversations import repository as conversations
from api.db import Database, Transaction
from api.errors import AppointmentNotFound, NotVerified
from api.ids import now

R = TypeVar("R", bound=Created)


class Perform(Protocol):
    """Does an act under a key that is the same for every repeat; its result is a dataclass."""

    def __call__(self, shop: Commerce, key: str, /) -> Awaitable[object]:
        """Do it."""


Also = Callable[[Transaction, R], Awaitable[None]]


async def _nothing(tx: Transaction, result: object) -> None:
    """Nothing besides."""


@dataclass(frozen=True, slots=True)
class _Visit:
    appointment: MaskedAppointment


@dataclass(frozen=True, slots=True)
class Counter:
    """One request of a conversation."""

    database: Database
    shop: OpenShop
    conversation_id: UUID

    async def customer(self) -> str:
        """The shop customer the conversation has proved to be; raises NotVerified."""
        async with self.database.transaction() as tx:
            return await identity.verified_customer(tx, self.conversation_id)

    async def known_customer(self) -> str | None:
        """The verified shop customer, if any."""
        try:
            return await self.customer()
        except NotVerified:
            return None

    def act(self, name: str, body: Acting, about: str = "") -> Act:
        """The act that the message of `body` asks for."""
        return Act(self.conversation_id, body.message_id, name, about)

    async def once(self, act: Act, shape: type[R], perform: Perform, also: Also[R] = _nothing) -> R:
        """Do `act`; the same one again gives the kept result and does nothing.

        `also` is done at the desk in the transaction that keeps the result.

        A result that is lost between the shop and the desk is not lost: the shop knows the key,
        and so do two that ask at once. A refusal is not kept: it may become possible.
        """
        async with self.database.transaction() as tx:
            known = await acts.kept(tx, act)
        if known is not None:
            return shape.model_validate({**known, "created": False})
        async with self.shop() as shop:
            result = to_jsonable_python(await perform(shop, act.key))
        async with self.database.transaction() as tx:
            created = await acts.keep(tx, act, result)
            if created:
                await also(tx, shape.model_validate({**result, "created": True}))
        return shape.model_validate({**result, "created": created})

    async def slots(self, wish: SlotRequest) -> list[Slot]:
        """Free times, where and for what is said or for an appointment of this customer."""
        if wish.number is not None:
            customer = await self._owner(wish.number)
            async with self.shop() as shop:
                own = await _appointment(shop, wish.number, customer)
                return await shop.slots(own.service, own.address, wish.on)
        assert wish.service is not None
        assert wish.address is not None
        async with self.shop() as shop:
            return await shop.slots(wish.service, wish.address, wish.on)

    async def appointments(self) -> list[MaskedAppointment]:
        """Open ones of the verified customer, and those this conversation has booked."""
        customer = await self.known_customer()
        async with self.database.transaction() as tx:
            booked = await acts.booked(tx, self.conversation_id)
        if customer is None and not booked:
            raise NotVerified
        async with self.shop() as shop:
            found = await shop.appointments(customer) if customer is not None else []
            known = {each.number for each in found}
            own = [await shop.appointment(number) for number in booked - known]
        found += [each for each in own if each.state in ("booked", "changed")]
        return [masked_appointment(each) for each in sorted(found, key=lambda each: each.starts_at)]

    async def book(self, body: Acting, booking: Booking) -> AppointmentResult:
        """Book a visit: the customer's own new data, so that no proof is needed."""

        async def perform(shop: Commerce, key: str) -> _Visit:
            return _Visit(masked_appointment(await shop.book(key, booking)))

        return await self.once(self.act(acts.BOOK, body), AppointmentResult, perform, self._remind)

    async def change_appointment(
        self, body: Acting, number: str, slot_id: str
    ) -> AppointmentResult:
        """Move a visit of this customer or conversation."""
        customer = await self._owner(number)

        async def perform(shop: Commerce, key: str) -> _Visit:
            await _appointment(shop, number, customer)
            changed = await shop.change_appointment(key, number, slot_id)
            return _Visit(masked_appointment(changed))

        act = self.act("appointment/change", body, number)
        return await self.once(act, AppointmentResult, perform, self._remind)

    async def cancel_appointment(self, body: Acting, number: str) -> AppointmentResult:
        """Cancel a visit of this customer or conversation."""
        customer = await self._owner(number)

        async def perform(shop: Commerce, key: str) -> _Visit:
            await _appointment(shop, number, customer)
            return _Visit(masked_appointment(await shop.cancel_appointment(key, number)))

        act = self.act("appointment/cancel", body, number)
        return await self.once(act, AppointmentResult, perform, self._remind)

    async def _remind(self, tx: Transaction, done: AppointmentResult) -> None:
        """Remind the customer here of the visit as it stands now."""
        await reminders.plan(tx, self.conversation_id, done.appointment, now())

    async def _owner(self, number: str) -> str | None:
        """Whose the visit has to be, None when this conversation booked it; raises NotVerified."""
        async with self.database.transaction() as tx:
            if number in await acts.booked(tx, self.conversation_id):
                return None
            return await identity.verified_customer(tx, self.conversation_id)


async def _appointment(shop: Commerce, number: str, customer: str | None) -> Appointment:
    """The visit; raises AppointmentNotFound for that of another customer."""
    found = await shop.appointment(number)
    if customer is not None and found.customer_id != customer:
        raise AppointmentNotFound
    return found


async def counter(desk: Desk, body: Asking) -> Counter:
    """The counter of one request; raises NotFound for an unknown conversation."""
    async with desk.database.transaction() as tx:
        await conversations.get(tx, body.conversation_id)
    return Counter(desk.database, desk.shop, body.conversation_id)
