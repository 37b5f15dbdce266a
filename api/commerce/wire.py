"""How a shop is asked over HTTP: addresses and answers (docs/commerce-openapi.yaml)."""

from __future__ import annotations

from dataclasses import dataclass

from api.commerce.interface import Appointment, Customer, Order, Slot

KEY_HEADER = "Idempotency-Key"

FIND_CUSTOMER = "/customers/find"
ORDERS = "/orders/list"
ORDER = "/orders/get"
CHANGE_ADDRESS = "/orders/change-address"
CANCEL_ORDER = "/orders/cancel"
AFTER_SALE = "/orders/after-sale"
INVOICE = "/orders/invoice"
PRICE_PROTECTION = "/orders/price-protection"
URGE = "/orders/urge"
SLOTS = "/services/slots"
APPOINTMENTS = "/appointments/list"
APPOINTMENT = "/appointments/get"
BOOK = "/appointments/book"
CHANGE_APPOINTMENT = "/appointments/change"
CANCEL_APPOINTMENT = "/appointments/cancel"
COMPLETE_APPOINTMENT = "/appointments/complete"
APPOINTMENTS_BETWEEN = "/appointments/between"
SECURE_ACCOUNT = "/account/secure"
PRIVACY = "/account/privacy-request"


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """None when the proof is wrong, whatever of it."""

    customer: Customer | None


@dataclass(frozen=True, slots=True)
class OrderList:
    """Newest first."""

    orders: list[Order]


@dataclass(frozen=True, slots=True)
class SlotList:
    """Free times, the next first."""

    slots: list[Slot]


@dataclass(frozen=True, slots=True)
class AppointmentList:
    """Open ones, the next first."""

    appointments: list[Appointment]
