"""Every shop behaves alike: the bundled one and a company's own over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from api.commerce.interface import (
    MOST_ORDERS,
    MOST_SLOTS,
    AddressChange,
    AfterSaleWish,
    Booking,
    Commerce,
    Customer,
    InvoiceWish,
    Proof,
)
from api.db import Database
from api.errors import AppointmentNotFound, NotPossible, NotVerified, OrderNotFound
from api.ids import now, today
from api.models import ShopAppointment

Shops = Callable[[], AbstractAsyncContextManager[Commerce]]
ON_ITS_WAY, WAITING, ARRIVED = "880100100011", "880100100022", "880100100033"
LAST4 = {ON_ITS_WAY: "6021", WAITING: "7342", ARRIVED: "8056"}
ADDRESS = "浙江省杭州市西湖区云杉路 8 号"
Act = Callable[[Commerce, str, str], Awaitable[Any]]
ACTS: dict[str, tuple[str, Act]] = {
    "change_address": (
        WAITING,
        lambda shop, key, who: shop.change_address(key, who, WAITING, AddressChange(ADDRESS)),
    ),
    "cancel_order": (WAITING, lambda shop, key, who: shop.cancel_order(key, who, WAITING, None)),
    "open_after_sale": (
        ARRIVED,
        lambda shop, key, who: shop.open_after_sale(
            key, who, ARRIVED, AfterSaleWish("return", "尺码不合适")
        ),
    ),
    "request_invoice": (
        ARRIVED,
        lambda shop, key, who: shop.request_invoice(
            key, who, ARRIVED, InvoiceWish("个人", "personal", "a@example.com")
        ),
    ),
    "protect_price": (ARRIVED, lambda shop, key, who: shop.protect_price(key, who, ARRIVED)),
    "urge": (ON_ITS_WAY, lambda shop, key, who: shop.urge(key, who, ON_ITS_WAY)),
    "secure_account": (WAITING, lambda shop, key, who: shop.secure_account(key, who, "lock")),
    "request_privacy": (
        WAITING,
        lambda shop, key, who: shop.request_privacy(key, who, "copy", "请尽快"),
    ),
}
STRANGERS = ["C-2026-0001", "", "0198f0c0-0000-7000-8000-000000000000"]
"""Ids this shop has not given."""
ON_ORDERS = [name for name in ACTS if name not in ("secure_account", "request_privacy")]


async def customer_of(shops: Shops, number: str) -> Customer:
    async with shops() as shop:
        found = await shop.find_customer(Proof(number, phone_last4=LAST4[number]))
    assert found is not None
    return found


async def reason_of(shops: Shops, act: Callable[[Commerce], Awaitable[Any]]) -> str:
    """Why the shop does not do it."""

    async def attempt() -> None:
        async with shops() as shop:
            await act(shop)

    with pytest.raises(NotPossible) as refused:
        await attempt()
    return refused.value.reason


async def booking(shops: Shops, **changes: Any) -> Booking:
    async with shops() as shop:
        slot = (await shop.slots("measure", ADDRESS, None))[0]
    values = {"service": "measure", "address": ADDRESS, "slot_id": slot.id, "contact": "周同学"}
    return Booking(**{**values, **changes})


async def test_a_proof_leads_to_its_customer(shops: Shops) -> None:
    found = await customer_of(shops, ON_ITS_WAY)
    assert (found.name, found.phone) == ("周同学", "19900006021")
    async with shops() as shop:
        assert await shop.find_customer(Proof(ON_ITS_WAY, phone=found.phone)) == found


@pytest.mark.parametrize(
    "proof",
    [
        Proof(ON_ITS_WAY, phone_last4="0000"),
        Proof(ON_ITS_WAY, phone="19900007342"),
        Proof(ON_ITS_WAY),
        Proof("880000000000", phone_last4="6021"),
        Proof(ON_ITS_WAY, phone="19900000000", phone_last4="6021"),
    ],
)
async def test_a_wrong_proof_leads_to_nobody(shops: Shops, proof: Proof) -> None:
    async with shops() as shop:
        assert await shop.find_customer(proof) is None


async def test_the_newest_orders_are_given(shops: Shops) -> None:
    customer = await customer_of(shops, ON_ITS_WAY)
    async with shops() as shop:
        orders = await shop.orders(customer.id)
        assert await shop.orders(str(uuid4())) == []
        assert await shop.order(customer.id, orders[0].number) == orders[0]
    assert 1 <= len(orders) <= MOST_ORDERS
    assert orders == sorted(orders, key=lambda order: order.placed_at, reverse=True)


async def test_a_parcel_on_its_way_tells_where_it_is(shops: Shops) -> None:
    customer = await customer_of(shops, ON_ITS_WAY)
    async with shops() as shop:
        order = await shop.order(customer.id, ON_ITS_WAY)
    assert order.shipment is not None
    assert order.shipment.last_event is not None
    assert order.shipment.last_event.time < now()
    assert (order.state, order.shipment.state) == ("shipped", "in_transit")


@pytest.mark.parametrize("name", ON_ORDERS)
async def test_the_order_of_somebody_else_is_not_found(shops: Shops, name: str) -> None:
    number, act = ACTS[name]
    stranger = await customer_of(shops, ON_ITS_WAY if number != ON_ITS_WAY else WAITING)
    with pytest.raises(OrderNotFound):
        async with shops() as shop:
            await act(shop, "key", stranger.id)


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("name", ACTS)
async def test_a_customer_of_another_shop_can_do_nothing(
    shops: Shops, name: str, stranger: str
) -> None:
    act = ACTS[name][1]
    with pytest.raises(OrderNotFound if name in ON_ORDERS else NotVerified):
        async with shops() as shop:
            await act(shop, "key", stranger)


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_a_customer_of_another_shop_has_nothing(shops: Shops, stranger: str) -> None:
    anonymous = await booking(shops)
    async with shops() as shop:
        await shop.book("anonymous", anonymous)
    async with shops() as shop:
        assert await shop.orders(stranger) == []
        assert await shop.appointments(stranger) == []
    with pytest.raises(OrderNotFound):
        async with shops() as shop:
            await shop.order(stranger, ON_ITS_WAY)


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_a_customer_of_another_shop_books_as_somebody_unknown(
    shops: Shops, stranger: str
) -> None:
    wish = await booking(shops, customer_id=stranger)
    async with shops() as shop:
        assert (await shop.book("key", wish)).customer_id is None


@pytest.mark.parametrize("name", ACTS)
async def test_the_same_key_gives_the_same_result(shops: Shops, name: str) -> None:
    number, act = ACTS[name]
    customer = await customer_of(shops, number)

    async def once() -> Any:
        async with shops() as shop:
            return await act(shop, "key", customer.id)

    first, *others = await asyncio.gather(*(once() for _ in range(4)))
    assert others == [first] * 3
    assert first.reference


async def test_a_cancelled_order_stays_cancelled(shops: Shops) -> None:
    customer = await customer_of(shops, WAITING)
    async with shops() as shop:
        done = await shop.cancel_order("one", customer.id, WAITING, "不想要了")
    async with shops() as shop:
        order = await shop.order(customer.id, WAITING)
    assert order.state == "cancelled"
    assert order.refund is not None
    assert (order.refund.amount_fen, order.refund.expected_on) == (
        done.refund_fen,
        done.refund_expected_on,
    )
    assert await reason_of(
        shops, lambda shop: shop.cancel_order("two", customer.id, WAITING, None)
    ) == ("already_cancelled")


async def test_a_company_invoice_needs_a_tax_number(shops: Shops) -> None:
    customer = await customer_of(shops, ARRIVED)
    wish = InvoiceWish("云杉科技有限公司", "company", "a@example.com")
    reason = await reason_of(
        shops, lambda shop: shop.request_invoice("key", customer.id, ARRIVED, wish)
    )
    assert reason == "tax_number_missing"


async def test_free_times(shops: Shops) -> None:
    async with shops() as shop:
        slots = await shop.slots("install", ADDRESS, None)
        day = today() + timedelta(days=2)
        of_day = await shop.slots("install", ADDRESS, day)
        assert await shop.slots("install", "拉萨", None) == []
    assert len(slots) == MOST_SLOTS
    assert all(slot.starts_at < slot.ends_at and slot.starts_at > now() for slot in slots)
    assert of_day


async def test_a_visit_is_booked_moved_and_cancelled(shops: Shops) -> None:
    customer = await customer_of(shops, WAITING)
    wish = await booking(shops, customer_id=customer.id)
    async with shops() as shop:
        booked = await shop.book("book", wish)
    async with shops() as shop:
        assert await shop.book("book", wish) == booked
        assert await shop.appointment(booked.number) == booked
        assert booked in await shop.appointments(customer.id)
        other = (await shop.slots("measure", ADDRESS, None))[0]
        assert other.id != wish.slot_id
        moved = await shop.change_appointment("move", booked.number, other.id)
    assert (moved.state, moved.starts_at) == ("changed", other.starts_at)
    async with shops() as shop:
        assert (await shop.cancel_appointment("cancel", booked.number)).state == "cancelled"
    assert await reason_of(shops, lambda shop: shop.cancel_appointment("again", booked.number)) == (
        "cancelled"
    )


async def test_a_slot_is_given_once(shops: Shops) -> None:
    wish = await booking(shops)
    async with shops() as shop:
        await shop.book("one", wish)
    assert await reason_of(shops, lambda shop: shop.book("two", wish)) == "slot_taken"


async def test_where_nobody_comes_nothing_is_booked(shops: Shops) -> None:
    wish = await booking(shops, address="拉萨")
    assert await reason_of(shops, lambda shop: shop.book("key", wish)) == "area_not_served"


@pytest.mark.parametrize(
    "act",
    [
        lambda shop: shop.appointment("Y99999999"),
        lambda shop: shop.cancel_appointment("key", "Y99999999"),
        lambda shop: shop.change_appointment("key", "Y99999999", "slot"),
        lambda shop: shop.complete_appointment("key", "Y99999999"),
    ],
)
async def test_an_unknown_appointment_is_not_found(shops: Shops, act: Any) -> None:
    with pytest.raises(AppointmentNotFound):
        async with shops() as shop:
            await act(shop)


async def test_visits_of_a_time_are_listed_whoever_booked_them(shops: Shops) -> None:
    customer = await customer_of(shops, WAITING)
    async with shops() as shop:
        one = await shop.book("one", await booking(shops, customer_id=customer.id))
    async with shops() as shop:
        other = await shop.book("other", await booking(shops))
        await shop.cancel_appointment("off", other.number)
    last = max(one.starts_at, other.starts_at) + timedelta(seconds=1)
    async with shops() as shop:
        listed = await shop.appointments_between(now(), last)
        before = await shop.appointments_between(now(), one.starts_at)
    found = {each.number: each.state for each in listed}
    assert (found[one.number], found[other.number]) == ("booked", "cancelled")
    assert one.number not in {each.number for each in before}
    assert [each.starts_at for each in listed] == sorted(each.starts_at for each in listed)


async def test_a_visit_is_completed_only_once_it_has_begun(shops: Shops) -> None:
    async with shops() as shop:
        booked = await shop.book("book", await booking(shops))
    number = booked.number
    early = await reason_of(shops, lambda shop: shop.complete_appointment("early", number))
    assert early == "not_begun"
    async with shops() as shop:
        await shop.cancel_appointment("off", number)
    gone = await reason_of(shops, lambda shop: shop.complete_appointment("gone", number))
    assert gone == "cancelled"


async def test_a_visit_that_has_begun_is_done_for_good(shops: Shops, database: Database) -> None:
    async with shops() as shop:
        number = (await shop.book("book", await booking(shops))).number
    begun = update(ShopAppointment).where(ShopAppointment.number == number)
    async with database.transaction() as tx:
        await tx.execute(begun.values(starts_at=now() - timedelta(minutes=5)))
    async with shops() as shop:
        assert (await shop.complete_appointment("done", number)).state == "done"
    async with shops() as shop:
        assert (await shop.complete_appointment("done", number)).state == "done"
    again = await reason_of(shops, lambda shop: shop.complete_appointment("again", number))
    assert again == "done"
