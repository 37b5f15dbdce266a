"""The rules of the demo shop: pure, `now` and days are arguments.

A rule gives the stable reason why something is not possible, or None when it is.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from api.commerce.interface import AfterSaleKind, InvoiceKind
from api.ids import SHOP_TIME

RETURN_DAYS = 7
PRICE_PROTECTION_DAYS = 15
APPOINTMENT_NOTICE = timedelta(hours=4)
REFUND_WORKING_DAYS = 3
PRIVACY_WORKING_DAYS = 15
_UNSENT = ("unpaid", "paid", "packing")
_ARRIVED = ("delivered", "completed")


def day_of(moment: datetime) -> date:
    """The shop's day at `moment`."""
    return moment.astimezone(SHOP_TIME).date()


def within_days(start: datetime, days: int, now: datetime) -> bool:
    """Is `now` at most `days` whole days after the day of `start`?"""
    return day_of(now) <= day_of(start) + timedelta(days=days)


def working_day_after(start: date, days: int) -> date:
    """The `days`-th working day (Monday to Friday) after `start`."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def change_of_address(state: str) -> str | None:
    """Possible until the parcel is on its way."""
    if state == "cancelled":
        return "cancelled"
    return None if state in _UNSENT else "already_shipped"


def cancellation(state: str) -> str | None:
    """Possible until the parcel is on its way."""
    if state == "cancelled":
        return "already_cancelled"
    if state == "completed":
        return "completed"
    return None if state in _UNSENT else "already_shipped"


def after_sale(
    kind: AfterSaleKind,
    state: str,
    delivered_at: datetime | None,
    now: datetime,
    *,
    open_one: bool,
    returnable: bool,
) -> str | None:
    """Within `RETURN_DAYS` after delivery, one at a time.

    A refund alone, for goods lost or broken, is possible as soon as the parcel is on its way,
    and for goods that cannot be sent back.
    """
    if state == "cancelled":
        return "cancelled"
    if state in _UNSENT or (kind != "refund" and delivered_at is None):
        return "not_delivered"
    if open_one:
        return "already_open"
    if kind != "refund" and not returnable:
        return "not_returnable"
    if delivered_at is not None and not within_days(delivered_at, RETURN_DAYS, now):
        return "window_over"
    return None


def invoice(state: str, kind: InvoiceKind, tax_number: str | None, *, issued: bool) -> str | None:
    """A requested invoice can still be changed, an issued one cannot."""
    if state in ("cancelled", "unpaid"):
        return state
    if issued:
        return "already_issued"
    return "tax_number_missing" if kind == "company" and not tax_number else None


def price_protection(
    state: str,
    paid_at: datetime | None,
    now: datetime,
    difference_fen: int,
    *,
    claimed: bool,
) -> str | None:
    """Once, within `PRICE_PROTECTION_DAYS` after payment, when the price has fallen."""
    if state == "cancelled":
        return "cancelled"
    if paid_at is None:
        return "unpaid"
    if claimed:
        return "already_claimed"
    if not within_days(paid_at, PRICE_PROTECTION_DAYS, now):
        return "window_over"
    return None if difference_fen > 0 else "no_difference"


def urging(state: str) -> str | None:
    """Only a paid parcel that has not arrived can be hurried."""
    if state in ("cancelled", "unpaid"):
        return state
    return "delivered" if state in _ARRIVED else None


def promise(now: datetime, expected_on: date | None) -> date:
    """The expected day, never before tomorrow; two days when nothing is known yet."""
    today = day_of(now)
    if expected_on is None:
        return today + timedelta(days=2)
    return max(expected_on, today + timedelta(days=1))


def refund_day(now: datetime) -> date:
    """When a refund that starts now has arrived."""
    return working_day_after(day_of(now), REFUND_WORKING_DAYS)


def pickup_day(now: datetime) -> date:
    """The first day a courier can fetch returned goods."""
    return day_of(now) + timedelta(days=1)


def invoice_day(now: datetime, state: str, expected_on: date | None) -> date:
    """A day after the request, or after the arrival of a parcel that is still on its way."""
    if state in _ARRIVED:
        return day_of(now) + timedelta(days=1)
    return promise(now, expected_on) + timedelta(days=1)


def privacy_day(now: datetime) -> date:
    """When a request about personal data is answered at the latest (《个人信息保护法》 §50)."""
    return working_day_after(day_of(now), PRIVACY_WORKING_DAYS)


def appointment_end(state: str, starts_at: datetime, now: datetime) -> str | None:
    """A visit has taken place once it has begun, if it was not called off."""
    if state in ("cancelled", "done"):
        return state
    return "not_begun" if now < starts_at else None


def appointment_move(state: str, starts_at: datetime, now: datetime) -> str | None:
    """An open appointment can be changed or cancelled until `APPOINTMENT_NOTICE` before it."""
    if state in ("cancelled", "done"):
        return state
    return None if now <= starts_at - APPOINTMENT_NOTICE else "too_late"
