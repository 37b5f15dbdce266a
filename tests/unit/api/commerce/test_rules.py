"""The rules of the demo shop, at their edges and for every input."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.commerce import rules
from api.commerce.interface import AfterSaleKind, OrderState
from api.ids import SHOP_TIME

NOON = datetime(2026, 3, 10, 12, tzinfo=SHOP_TIME)
STATES = get_args(OrderState)
KINDS = get_args(AfterSaleKind)
days = st.dates(date(2020, 1, 1), date(2035, 1, 1))
moments = st.builds(datetime.combine, days, st.times(), tzinfo=st.sampled_from([UTC, SHOP_TIME]))


def last_moment_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=SHOP_TIME)


@pytest.mark.parametrize(
    ("state", "address", "cancelling", "hurrying"),
    [
        ("unpaid", None, None, "unpaid"),
        ("paid", None, None, None),
        ("packing", None, None, None),
        ("shipped", "already_shipped", "already_shipped", None),
        ("delivered", "already_shipped", "already_shipped", "delivered"),
        ("completed", "already_shipped", "completed", "delivered"),
        ("cancelled", "cancelled", "already_cancelled", "cancelled"),
    ],
)
def test_what_an_order_allows_follows_from_its_state(
    state: str, address: str | None, cancelling: str | None, hurrying: str | None
) -> None:
    assert rules.change_of_address(state) == address
    assert rules.cancellation(state) == cancelling
    assert rules.urging(state) == hurrying


def test_a_day_is_that_of_the_shop() -> None:
    assert rules.day_of(datetime(2026, 3, 10, 17, tzinfo=UTC)) == date(2026, 3, 11)


@pytest.mark.parametrize("kind", KINDS)
def test_the_return_window_ends_with_the_seventh_day_after_delivery(kind: AfterSaleKind) -> None:
    def reason(now: datetime) -> str | None:
        return rules.after_sale(kind, "delivered", NOON, now, open_one=False, returnable=True)

    last = last_moment_of(date(2026, 3, 17))
    assert reason(last) is None
    assert reason(last + timedelta(seconds=1)) == "window_over"


@given(moments, moments)
def test_the_return_window_is_at_least_seven_and_less_than_eight_days(
    delivered_at: datetime, now: datetime
) -> None:
    reason = rules.after_sale(
        "return", "delivered", delivered_at, now, open_one=False, returnable=True
    )
    if now - delivered_at <= timedelta(days=7):
        assert reason is None
    if now - delivered_at >= timedelta(days=8):
        assert reason == "window_over"


@given(
    st.sampled_from(KINDS),
    st.sampled_from(STATES),
    st.none() | moments,
    moments,
    st.booleans(),
    st.booleans(),
)
def test_an_after_sale_is_refused_for_a_known_reason_only(
    kind: AfterSaleKind,
    state: str,
    delivered_at: datetime | None,
    now: datetime,
    open_one: bool,
    returnable: bool,
) -> None:
    reason = rules.after_sale(
        kind, state, delivered_at, now, open_one=open_one, returnable=returnable
    )
    known = {"not_delivered", "window_over", "already_open", "not_returnable", "cancelled"}
    assert reason is None or reason in known
    if reason is None:
        assert state in ("shipped", "delivered", "completed")
        assert not open_one
        assert returnable or kind == "refund"


@pytest.mark.parametrize(
    ("kind", "state", "delivered", "reason"),
    [
        ("return", "shipped", False, "not_delivered"),
        ("exchange", "shipped", False, "not_delivered"),
        ("refund", "shipped", False, None),
        ("refund", "paid", False, "not_delivered"),
        ("return", "delivered", True, "not_returnable"),
        ("refund", "delivered", True, None),
        ("refund", "cancelled", True, "cancelled"),
    ],
)
def test_goods_that_cannot_be_sent_back_can_still_be_refunded(
    kind: AfterSaleKind, state: str, delivered: bool, reason: str | None
) -> None:
    delivered_at = NOON if delivered else None
    found = rules.after_sale(kind, state, delivered_at, NOON, open_one=False, returnable=False)
    assert found == reason


@pytest.mark.parametrize(
    ("state", "kind", "tax_number", "issued", "reason"),
    [
        ("paid", "personal", None, False, None),
        ("completed", "company", "9133", False, None),
        ("completed", "company", None, False, "tax_number_missing"),
        ("completed", "company", "", False, "tax_number_missing"),
        ("completed", "company", None, True, "already_issued"),
        ("unpaid", "personal", None, False, "unpaid"),
        ("cancelled", "personal", None, True, "cancelled"),
    ],
)
def test_an_invoice_needs_a_paid_order_and_a_company_its_tax_number(
    state: str, kind: str, tax_number: str | None, issued: bool, reason: str | None
) -> None:
    assert rules.invoice(state, kind, tax_number, issued=issued) == reason  # type: ignore[arg-type]


def test_price_protection_ends_with_the_fifteenth_day_after_payment() -> None:
    def reason(now: datetime) -> str | None:
        return rules.price_protection("completed", NOON, now, 100, claimed=False)

    last = last_moment_of(date(2026, 3, 25))
    assert reason(last) is None
    assert reason(last + timedelta(seconds=1)) == "window_over"


@given(st.sampled_from(STATES), st.none() | moments, moments, st.integers(-10, 10), st.booleans())
def test_a_difference_is_paid_once_and_only_when_there_is_one(
    state: str, paid_at: datetime | None, now: datetime, difference: int, claimed: bool
) -> None:
    reason = rules.price_protection(state, paid_at, now, difference, claimed=claimed)
    assert reason in {
        *("no_difference", "window_over", "already_claimed", "unpaid", "cancelled", None),
    }
    if reason is None:
        assert difference > 0
        assert not claimed
        assert paid_at is not None


@given(moments, moments)
def test_a_visit_can_be_moved_until_four_hours_before(starts_at: datetime, now: datetime) -> None:
    late = starts_at - now < timedelta(hours=4)
    for state in ("booked", "changed"):
        assert rules.appointment_move(state, starts_at, now) == ("too_late" if late else None)
    for state in ("cancelled", "done"):
        assert rules.appointment_move(state, starts_at, now) == state


def test_exactly_four_hours_before_is_early_enough() -> None:
    starts_at = NOON + timedelta(hours=4)
    assert rules.appointment_move("booked", starts_at, NOON) is None
    late = rules.appointment_move("booked", starts_at, NOON + timedelta(microseconds=1))
    assert late == "too_late"


def test_a_visit_is_done_from_its_beginning_on_unless_it_was_called_off() -> None:
    early = NOON + timedelta(microseconds=1)
    for state in ("booked", "changed"):
        assert rules.appointment_end(state, NOON, NOON) is None
        assert rules.appointment_end(state, early, NOON) == "not_begun"
    for state in ("cancelled", "done"):
        assert rules.appointment_end(state, NOON, NOON) == state


@given(days, st.integers(1, 30))
def test_working_days_are_counted_without_weekends(start: date, count: int) -> None:
    end = rules.working_day_after(start, count)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert end.weekday() < 5
    assert sum(day.weekday() < 5 for day in between) == count


@given(moments, st.none() | days)
def test_what_is_promised_is_to_come_and_not_before_it_is_expected(
    now: datetime, expected_on: date | None
) -> None:
    promised = rules.promise(now, expected_on)
    assert promised > rules.day_of(now)
    assert expected_on is None or promised >= expected_on
    for state in STATES:
        assert rules.invoice_day(now, state, expected_on) > rules.day_of(now)


@given(moments)
def test_every_day_that_is_told_lies_ahead(now: datetime) -> None:
    today = rules.day_of(now)
    assert rules.pickup_day(now) == today + timedelta(days=1)
    assert rules.refund_day(now) > today
    assert timedelta(days=19) <= rules.privacy_day(now) - today <= timedelta(days=23)
