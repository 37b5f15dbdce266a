"""Orders, parcels and appointments of the demo shop: the same ones every time, but for the day.

Numbers, names and goods follow from `SEED`; moments from the day of the first start. Everything
that has happened happened before that day began.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import func, select

from api.commerce import demo_history
from api.commerce.catalogue import Product, catalogue
from api.commerce.demo_people import people
from api.commerce.demo_visits import ARRIVAL, HOURS
from api.commerce.rules import day_of
from api.db import Transaction
from api.ids import SHOP_TIME, new_id, now
from api.models import (
    Base,
    ShopAppointment,
    ShopCustomer,
    ShopOrder,
    ShopOrderItem,
    ShopProduct,
)

SEED = 199_0000
CUSTOMERS = 60
APPOINTMENTS = 30
STATES = {
    "unpaid": 15,
    "paid": 30,
    "packing": 25,
    "shipped": 60,
    "delivered": 60,
    "completed": 80,
    "cancelled": 30,
}
_PHONES = "1990000"
_FIRST_VISIT = 10_000_001
_DEAR = 20_000
"""Fen; of what costs more people buy one."""
_DAYS_SINCE = {
    "unpaid": (1, 1),
    "paid": (1, 2),
    "packing": (1, 3),
    "shipped": (3, 5),
    "delivered": (3, 8),
    "completed": (16, 75),
    "cancelled": (2, 40),
}
"""How many days ago an order in this state was placed, at least and at most."""


async def seed(tx: Transaction) -> int:
    """Fill an empty shop; returns the number of orders written."""
    if await tx.scalar(select(func.count()).select_from(ShopCustomer)):
        return 0
    rows = make(now())
    tx.add_all([row for row in rows if isinstance(row, ShopProduct | ShopCustomer)])
    await tx.flush()
    tx.add_all(rows)
    await tx.flush()
    return sum(STATES.values())


def make(moment: datetime) -> list[Base]:
    """All rows of a shop first started at `moment`."""
    return _Maker(moment).rows()


class _Maker:
    """Makes the rows in a fixed order, so that the dice fall the same way every time."""

    def __init__(self, moment: datetime) -> None:
        self._dice = random.Random(SEED)
        self._midnight = datetime.combine(day_of(moment), time(), SHOP_TIME)
        self._customers = [self._customer(index) for index in range(CUSTOMERS)]
        self._addresses = {customer.id: self._address() for customer in self._customers}
        self._numbers = {example.number for example in people().examples}

    def rows(self) -> list[Base]:
        products = [
            ShopProduct(
                sku=each.sku,
                title=each.title,
                price_fen=each.now or each.price_fen,
                returnable=each.returnable,
            )
            for each in catalogue().products
        ]
        orders = [*self._examples(), *self._orders()]
        demo_history.add(orders, self._dice, self._midnight, people())
        return [*products, *self._customers, *orders, *self._appointments()]

    def _customer(self, index: int) -> ShopCustomer:
        known = people()
        examples = known.examples
        last4 = examples[index].last4 if index < len(examples) else f"{1000 + index * 137 % 9000}"
        name = known.surnames[index % len(known.surnames)]
        return ShopCustomer(
            id=new_id(),
            name=name + known.forms_of_address[index % len(known.forms_of_address)],
            phone=_PHONES + last4,
            account_state="open",
        )

    def _address(self) -> str:
        known = people()
        street, house = self._dice.choice(known.streets), self._dice.randint(1, 199)
        door = f"{self._dice.randint(1, 20)} 幢 {self._dice.randint(101, 2604)} 室"
        return f"{self._dice.choice(known.regions)}{street} {house} 号 {door}"

    def _orders(self) -> Iterator[ShopOrder]:
        states = [state for state, count in STATES.items() for _ in range(count)]
        for example_state in ("shipped", "paid", "delivered"):
            states.remove(example_state)
        for state in states:
            least, most = _DAYS_SINCE[state]
            customer = self._dice.choice(self._customers)
            goods = self._dice.sample(catalogue().products, self._dice.choice((1, 1, 2, 3)))
            yield self._order(
                self._number(), customer, state, self._dice.randint(least, most), goods
            )

    def _examples(self) -> list[ShopOrder]:
        goods = {product.sku: product for product in catalogue().products}
        first, second, third = people().examples
        on_its_way, waiting, arrived = self._customers[:3]
        both = [goods["YS-1002"], goods["YS-1001"]]
        return [
            self._order(first.number, on_its_way, "shipped", 3, both, most=1),
            self._order(second.number, waiting, "paid", 1, [goods["YS-4001"]]),
            self._order(third.number, arrived, "delivered", 4, [goods["YS-4006"]]),
        ]

    def _order(
        self,
        number: str,
        customer: ShopCustomer,
        state: str,
        days: int,
        goods: Sequence[Product],
        *,
        most: int = 2,
    ) -> ShopOrder:
        placed_at = self._moment(days)
        paid = state not in ("unpaid", "cancelled") or (
            state == "cancelled" and self._dice.random() < 0.5
        )
        items = [
            ShopOrderItem(
                id=new_id(),
                position=position,
                sku=product.sku,
                title=product.title,
                quantity=1 if product.price_fen > _DEAR else self._dice.choice((1, 1, most)),
                price_fen=product.price_fen,
            )
            for position, product in enumerate(goods, 1)
        ]
        return ShopOrder(
            id=new_id(),
            number=number,
            customer_id=customer.id,
            state=state,
            placed_at=placed_at,
            paid_at=placed_at + timedelta(minutes=self._dice.randint(1, 20)) if paid else None,
            total_fen=sum(item.price_fen * item.quantity for item in items),
            recipient_name=customer.name,
            recipient_phone=customer.phone,
            address=self._addresses[customer.id],
            items=items,
        )

    def _number(self) -> str:
        while True:
            number = f"88{self._dice.randrange(10**10):010d}"
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def _moment(self, days: int) -> datetime:
        hour, minute = self._dice.randint(8, 21), self._dice.randint(0, 59)
        return self._midnight - timedelta(days=days) + timedelta(hours=hour, minutes=minute)

    def _appointments(self) -> Iterator[ShopAppointment]:
        served = [
            (customer, city)
            for customer in self._customers
            if (city := catalogue().city_of(self._addresses[customer.id])) is not None
        ]
        taken: set[tuple[str, str, datetime]] = set()
        services = catalogue().services
        for index in range(APPOINTMENTS):
            customer, city = self._dice.choice(served)
            service = self._dice.choice(services)
            days, hour = self._dice.randint(-12, 12), self._dice.choice(HOURS)
            starts_at = self._midnight + timedelta(days=days or 1, hours=hour)
            if (service, city, starts_at) in taken:
                starts_at += timedelta(days=13)
            taken.add((service, city, starts_at))
            over = starts_at < self._midnight
            yield ShopAppointment(
                id=new_id(),
                number=f"Y{_FIRST_VISIT + index}",
                customer_id=customer.id,
                service=service,
                city=city,
                address=self._addresses[customer.id],
                contact=f"{customer.name} {customer.phone}",
                starts_at=starts_at,
                ends_at=starts_at + ARRIVAL,
                state=self._dice.choice(
                    ("done", "done", "cancelled") if over else ("booked", "booked", "changed")
                ),
                created_at=min(starts_at, self._midnight) - timedelta(days=3),
            )
