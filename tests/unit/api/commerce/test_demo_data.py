"""The demo shop is the same every time, plausible, and what the demo page promises."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from api.commerce.catalogue import catalogue
from api.commerce.demo_data import STATES, make
from api.commerce.demo_people import people
from api.commerce.rules import RETURN_DAYS, within_days
from api.models import Base, ShopAppointment, ShopCustomer, ShopOrder, ShopProduct

PAGE = Path(__file__).resolve().parents[4] / "web" / "demo" / "index.html"
NOW = datetime(2026, 3, 10, 3, tzinfo=UTC)
ROWS = make(NOW)
T = TypeVar("T", bound=Base)


def of(kind: type[T], rows: list[Base] = ROWS) -> list[T]:
    return [row for row in rows if isinstance(row, kind)]


ORDERS = of(ShopOrder)


def told(order: ShopOrder, since: datetime) -> tuple[Any, ...]:
    """An order without its ids, with times relative to `since`."""
    parcel = order.shipment
    return (
        *(order.number, order.state, order.total_fen, order.address, order.recipient_phone),
        order.placed_at - since,
        tuple((item.sku, item.quantity, item.price_fen) for item in order.items),
        parcel and (parcel.tracking_number, parcel.state, parcel.pickup_code),
        tuple((event.time - since, event.text) for event in (parcel.events if parcel else [])),
        tuple((each.number, each.kind, each.state) for each in order.after_sales),
    )


def test_the_same_shop_is_made_every_time() -> None:
    again = of(ShopOrder, make(NOW))
    assert [told(order, NOW) for order in again] == [told(order, NOW) for order in ORDERS]


def test_on_another_day_only_the_times_are_others() -> None:
    later = NOW + timedelta(days=100)
    moved = of(ShopOrder, make(later))
    assert [told(order, later) for order in moved] == [told(order, NOW) for order in ORDERS]


def test_there_is_as_much_of_everything_as_is_wanted() -> None:
    assert Counter(order.state for order in ORDERS) == STATES
    assert len(of(ShopCustomer)) == 60
    assert sum(order.shipment is not None for order in ORDERS) == 200
    assert 35 <= sum(len(order.after_sales) for order in ORDERS) <= 45
    assert {order.invoice.state for order in ORDERS if order.invoice} == {"requested", "issued"}
    assert len(of(ShopAppointment)) == 30


@pytest.mark.parametrize(
    "numbers",
    [
        [order.number for order in ORDERS],
        [order.shipment.tracking_number for order in ORDERS if order.shipment],
        [customer.phone for customer in of(ShopCustomer)],
        [each.number for order in ORDERS for each in order.after_sales],
        [each.number for each in of(ShopAppointment)],
        [(each.service, each.city, each.starts_at) for each in of(ShopAppointment)],
        [product.sku for product in of(ShopProduct)],
    ],
)
def test_no_number_is_given_twice(numbers: list[object]) -> None:
    assert len(numbers) == len(set(numbers))


def test_every_phone_is_of_the_block_that_nobody_has() -> None:
    assert all(re.fullmatch(r"1990000\d{4}", customer.phone) for customer in of(ShopCustomer))


def test_what_has_happened_has_happened_in_order_and_before_now() -> None:
    for order in ORDERS:
        times = [
            order.placed_at,
            *(each.time for each in (order.shipment.events if order.shipment else [])),
        ]
        assert times == sorted(times), order.number
        assert times[-1] < NOW, order.number


def test_amounts_add_up() -> None:
    for order in ORDERS:
        assert order.total_fen == sum(item.price_fen * item.quantity for item in order.items)
        assert (order.paid_at is None) <= (order.state in ("unpaid", "cancelled"))


def test_delivered_orders_can_be_returned_and_completed_ones_cannot() -> None:
    for order in ORDERS:
        if order.state in ("delivered", "completed"):
            assert order.shipment is not None
            assert order.shipment.delivered_at is not None
            inside = within_days(order.shipment.delivered_at, RETURN_DAYS, NOW)
            assert inside is (order.state == "delivered")


def test_the_orders_to_try_show_what_they_promise() -> None:
    phones = {customer.id: customer.phone for customer in of(ShopCustomer)}
    found = {order.number: order for order in ORDERS}
    examples = [found[example.number] for example in people().examples]
    assert [order.state for order in examples] == ["shipped", "paid", "delivered"]
    for order, example in zip(examples, people().examples, strict=True):
        assert phones[order.customer_id].endswith(example.last4)
        assert not order.after_sales
    prices = {product.sku: product.price_fen for product in of(ShopProduct)}
    for order in examples[1:]:
        assert any(prices[item.sku] < item.price_fen for item in order.items)


def test_the_demo_page_shows_the_orders_to_try() -> None:
    page = PAGE.read_text("utf-8")
    rows = re.findall(
        r"<tr>\s*<td>(?:<code>)?(\d{12})(?:</code>)?</td>\s*<td>(?:<code>)?(\d{4})(?:</code>)?</td>\s*<td>([^<]+)</td>\s*</tr>",
        page,
    )
    assert [tuple(each) for each in rows] == [
        (example.number, example.last4, example.shows) for example in people().examples
    ]
    assert set(re.findall(r"\d{12}", page)) == {example.number for example in people().examples}


@pytest.mark.parametrize(
    ("address", "city"),
    [
        ("浙江省杭州市余杭区文一西路 1 号", "hangzhou"),
        ("上海市徐汇区", "shanghai"),
        ("杭州市西湖区北京路 1 号", "hangzhou"),
        ("西藏自治区拉萨市", None),
        ("", None),
    ],
)
def test_the_city_of_an_address_is_the_one_named_first(address: str, city: str | None) -> None:
    assert catalogue().city_of(address) == city
