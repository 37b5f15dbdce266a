"""Appointments of the demo shop: one team serves a service in a city at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from api.commerce import rules
from api.commerce.catalogue import catalogue
from api.commerce.demo_views import appointment_out
from api.commerce.interface import (
    MOST_LISTED,
    MOST_SLOTS,
    Appointment,
    Booking,
    ServiceKey,
    Slot,
)
from api.db import Transaction
from api.errors import AppointmentNotFound, NotPossible
from api.ids import SHOP_TIME, new_id, now, today
from api.models import REFERENCES, ShopAppointment

HOURS = (9, 11, 14, 16, 19)
"""When a visit can begin; whoever comes arrives within `ARRIVAL`."""
ARRIVAL = timedelta(hours=2)
DAYS_AHEAD = 14
FIRST_NUMBER = 20_000_000
OPEN = ("booked", "changed")
_NOON = 12
_FORM = "%Y%m%dT%H%M"


@dataclass(frozen=True, slots=True)
class Place:
    """What a slot's id says."""

    service: str
    city: str
    starts_at: datetime

    @property
    def slot_id(self) -> str:
        """The id as it is given out."""
        return f"{self.service}-{self.city}-{self.starts_at.astimezone(SHOP_TIME):{_FORM}}"


async def slots(tx: Transaction, service: ServiceKey, address: str, on: date | None) -> list[Slot]:
    """Free ones: all of the day `on`, otherwise a morning and a later one of each day."""
    city = catalogue().city_of(address)
    if city is None:
        return []
    taken = await _taken(tx, service, city)
    free = [start for start in _starts(today()) if start not in taken]
    if on is not None:
        chosen = [start for start in free if rules.day_of(start) == on]
    else:
        halves = {(rules.day_of(start), _afternoon(start)): start for start in reversed(free)}
        chosen = sorted(halves.values())
    return [
        Slot(Place(service, city, start).slot_id, start, start + ARRIVAL)
        for start in chosen[:MOST_SLOTS]
    ]


async def of_customer(tx: Transaction, customer_id: UUID) -> list[Appointment]:
    """Open ones that are not over."""
    query = (
        select(ShopAppointment)
        .where(
            ShopAppointment.customer_id == customer_id,
            ShopAppointment.state.in_(OPEN),
            ShopAppointment.ends_at > now(),
        )
        .order_by(ShopAppointment.starts_at)
    )
    return [appointment_out(row) for row in (await tx.scalars(query)).all()]


async def by_number(tx: Transaction, number: str) -> Appointment:
    """Raises AppointmentNotFound."""
    row = await tx.scalar(select(ShopAppointment).where(ShopAppointment.number == number))
    if row is None:
        raise AppointmentNotFound
    return appointment_out(row)


async def between(tx: Transaction, start: datetime, end: datetime) -> list[Appointment]:
    """All that begin in that time."""
    query = (
        select(ShopAppointment)
        .where(ShopAppointment.starts_at >= start, ShopAppointment.starts_at < end)
        .order_by(ShopAppointment.starts_at, ShopAppointment.number)
        .limit(MOST_LISTED)
    )
    return [appointment_out(row) for row in (await tx.scalars(query)).all()]


async def book(tx: Transaction, booking: Booking, customer_id: UUID | None) -> Appointment:
    """Raises NotPossible."""
    city = catalogue().city_of(booking.address)
    if city is None:
        raise NotPossible(reason="area_not_served")
    place = _offered(booking.slot_id, booking.service, city)
    count = await tx.scalar(select(REFERENCES.next_value())) or 0
    row = ShopAppointment(
        id=new_id(),
        number=f"Y{FIRST_NUMBER + count}",
        customer_id=customer_id,
        service=booking.service,
        city=city,
        address=booking.address,
        contact=booking.contact,
        note=booking.note,
        starts_at=place.starts_at,
        ends_at=place.starts_at + ARRIVAL,
        state="booked",
        created_at=now(),
    )
    async with _claimed(tx):
        tx.add(row)
    return appointment_out(row)


async def change(tx: Transaction, number: str, slot_id: str) -> Appointment:
    """Raises AppointmentNotFound, NotPossible."""
    row = await _movable(tx, number)
    place = _offered(slot_id, row.service, row.city)
    async with _claimed(tx):
        row.starts_at, row.ends_at = place.starts_at, place.starts_at + ARRIVAL
        row.state = "changed"
    return appointment_out(row)


async def cancel(tx: Transaction, number: str) -> Appointment:
    """Raises AppointmentNotFound, NotPossible."""
    row = await _movable(tx, number)
    row.state = "cancelled"
    return appointment_out(row)


async def complete(tx: Transaction, number: str) -> Appointment:
    """Raises AppointmentNotFound, NotPossible."""
    row = await _locked(tx, number)
    _allow(rules.appointment_end(row.state, row.starts_at, now()))
    row.state = "done"
    return appointment_out(row)


async def _movable(tx: Transaction, number: str) -> ShopAppointment:
    row = await _locked(tx, number)
    _allow(rules.appointment_move(row.state, row.starts_at, now()))
    return row


def _allow(reason: str | None) -> None:
    if reason is not None:
        raise NotPossible(reason=reason)


async def _locked(tx: Transaction, number: str) -> ShopAppointment:
    query = (
        select(ShopAppointment)
        .where(ShopAppointment.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = await tx.scalar(query)
    if row is None:
        raise AppointmentNotFound
    return row


@asynccontextmanager
async def _claimed(tx: Transaction) -> AsyncIterator[None]:
    """What the block writes, if the unique index says that the slot was free until now."""
    try:
        async with tx.begin_nested():
            yield
    except IntegrityError:
        raise NotPossible(reason="slot_taken") from None


async def _taken(tx: Transaction, service: str, city: str) -> set[datetime]:
    query = select(ShopAppointment.starts_at).where(
        ShopAppointment.service == service,
        ShopAppointment.city == city,
        ShopAppointment.state.in_(OPEN),
    )
    return set((await tx.scalars(query)).all())


def _starts(day: date) -> Iterator[datetime]:
    """Every moment a visit can begin, from tomorrow on."""
    for ahead in range(1, DAYS_AHEAD + 1):
        for hour in HOURS:
            start = datetime.combine(day + timedelta(days=ahead), time(hour), SHOP_TIME)
            yield start.astimezone(UTC)


def _afternoon(start: datetime) -> bool:
    return start.astimezone(SHOP_TIME).hour >= _NOON


def _offered(slot_id: str, service: str, city: str) -> Place:
    """The slot of that id; one that is not on offer there is as good as taken."""
    for start in _starts(today()):
        place = Place(service, city, start)
        if place.slot_id == slot_id:
            return place
    raise NotPossible(reason="slot_taken")
