"""What has happened to the demo shop's orders: parcels, after-sales, invoices."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from api.commerce import rules
from api.commerce.catalogue import catalogue
from api.commerce.demo_people import People
from api.ids import SHOP_TIME, new_id
from api.models import ShopAfterSale, ShopInvoice, ShopOrder, ShopShipment, ShopShipmentEvent

AFTER_SALES = 25
INVOICES = 80
_STAGES = ("created", "collected", "sorted", "out_for_delivery")
_HOURS = {
    "collected": (1, 9),
    "sorted": (1, 21),
    "out_for_delivery": (2, 8),
    "at_pickup_point": (2, 11),
    "delivered": (2, 15),
    "exception": (2, 6),
}
"""Days after the order and hour of each stage."""
_LAST_STAGE = {
    "created": 1,
    "in_transit": 3,
    "exception": 3,
    "out_for_delivery": 4,
    "at_pickup_point": 4,
    "delivered": 4,
}
"""How many of the stages a parcel in this state has passed."""
_ON_THE_WAY = (
    *("in_transit", "in_transit", "in_transit", "out_for_delivery"),
    *("at_pickup_point", "created", "exception"),
)


def add(
    orders: Sequence[ShopOrder],
    dice: random.Random,
    midnight: datetime,
    known: People,
) -> None:
    """Give every order its history, before `midnight`. The first ones stay without after-sales."""
    serial = iter(range(1, 10_000))
    for position, order in enumerate(orders):
        if order.state in ("shipped", "delivered", "completed"):
            _send(order, "in_transit" if position == 0 else None, dice, midnight, known)
        elif order.state == "cancelled" and order.paid_at is not None:
            order.after_sales = [
                _after_sale(
                    order, next(serial), "refund", "paid", dice.choice(known.cancel_reasons)
                )
            ]
    arrived = [order for order in orders[3:] if order.state in ("delivered", "completed")]
    for order in dice.sample(arrived, AFTER_SALES):
        kind = dice.choice(("return", "return", "exchange", "refund"))
        state = _after_sale_state(order.state, kind, dice)
        order.after_sales = [
            _after_sale(order, next(serial), kind, state, dice.choice(known.reasons))
        ]
    for position, order in enumerate(dice.sample(arrived, INVOICES)):
        order.invoice = ShopInvoice(
            id=new_id(),
            state="issued" if position % 4 else "requested",
            kind="personal",
            title=order.recipient_name,
            email=f"demo{position:02d}@example.com",
            created_at=order.placed_at,
        )


def _send(
    order: ShopOrder,
    fixed: str | None,
    dice: random.Random,
    midnight: datetime,
    known: People,
) -> None:
    arrived = order.state != "shipped"
    state = "delivered" if arrived else fixed or dice.choice(_ON_THE_WAY)
    stages = [*_STAGES[: _LAST_STAGE[state]]]
    stages += [state] if state in ("at_pickup_point", "delivered", "exception") else []
    events = [
        ShopShipmentEvent(
            id=new_id(),
            time=_time_of(stage, order.placed_at, dice.randint(0, 59)),
            place=known.events[stage].place,
            text=known.events[stage].text,
        )
        for stage in stages
    ]
    carrier = dice.choice(catalogue().carriers)
    last = events[-1].time
    expected_on = rules.day_of(last) if arrived else rules.day_of(midnight) + timedelta(days=1)
    order.shipment = ShopShipment(
        id=new_id(),
        tracking_number=f"{carrier.prefix}{dice.randrange(10**12):012d}",
        carrier=carrier.name,
        state=state,
        expected_on=expected_on,
        delivered_at=last if arrived else None,
        pickup_code=f"{dice.randint(1, 9)}-{dice.randint(1, 9)}-{dice.randint(1000, 9999)}"
        if state == "at_pickup_point"
        else None,
        events=events,
    )


def _time_of(stage: str, placed_at: datetime, minute: int) -> datetime:
    """Packed three hours after the order, then at the usual hours of the next two days."""
    if stage == "created":
        return placed_at + timedelta(hours=3)
    days, hour = _HOURS[stage]
    day = rules.day_of(placed_at) + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), SHOP_TIME)


def _after_sale_state(order_state: str, kind: str, dice: random.Random) -> str:
    if kind == "exchange":
        return dice.choice(("reviewing", "waiting_for_goods", "goods_received"))
    if order_state == "completed":
        return dice.choice(("paid", "paid", "rejected"))
    if kind == "refund":
        return dice.choice(("reviewing", "paying", "rejected"))
    return dice.choice(("reviewing", "waiting_for_goods", "goods_received", "paying"))


def _after_sale(order: ShopOrder, serial: int, kind: str, state: str, reason: str) -> ShopAfterSale:
    started = order.shipment.delivered_at if order.shipment else None
    started = started or order.paid_at or order.placed_at
    return ShopAfterSale(
        id=new_id(),
        number=f"AS88{serial:06d}",
        kind=kind,
        state=state,
        amount_fen=order.total_fen,
        reason=reason,
        skus=[item.sku for item in order.items],
        expected_on=None
        if kind == "exchange"
        else rules.working_day_after(rules.day_of(started), 8),
        created_at=started,
    )
