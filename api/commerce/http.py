"""A company's own shop over HTTP, as docs/commerce-openapi.yaml describes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import TypeVar

import httpx
import structlog
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from api.commerce import wire
from api.commerce.interface import (
    AddressChange,
    AfterSaleOpened,
    AfterSaleWish,
    Appointment,
    Booking,
    Customer,
    Done,
    InvoiceRequested,
    InvoiceWish,
    Order,
    OrderCancelled,
    PriceProtected,
    PrivacyAccepted,
    PrivacyWish,
    Proof,
    SecurityWish,
    ServiceKey,
    Slot,
    Urged,
)
from api.connections import tls
from api.errors import (
    AppointmentNotFound,
    DeskError,
    NotPossible,
    NotVerified,
    OrderNotFound,
    Unavailable,
    ValidationFailed,
)

log = structlog.get_logger(__name__)
T = TypeVar("T")
_REFUSALS: dict[str, type[DeskError]] = {
    error.code: error
    for error in (NotVerified, OrderNotFound, AppointmentNotFound, ValidationFailed)
}


class _Refusal(BaseModel):
    """The body of an error of the contract."""

    class Error(BaseModel):
        code: str
        details: dict[str, str | int | float | bool | list[str] | None] = {}

    error: Error


@asynccontextmanager
async def shop_client(
    url: str, token: str, timeout_seconds: float, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Connections to the shop at `url`; a connection that cannot be made is tried once more."""
    async with httpx.AsyncClient(
        base_url=url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=timeout_seconds,
        transport=transport or httpx.AsyncHTTPTransport(retries=1, verify=tls()),
    ) as client:
        yield client


class HttpShop:
    """A `Commerce` that asks another server. Raises Unavailable when it does not answer well."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def find_customer(self, proof: Proof) -> Customer | None:
        found = await self._ask(wire.FIND_CUSTOMER, wire.FoundCustomer, proof=proof)
        return found.customer

    async def orders(self, customer_id: str) -> list[Order]:
        found = await self._ask(wire.ORDERS, wire.OrderList, customer_id=customer_id)
        return found.orders

    async def order(self, customer_id: str, number: str) -> Order:
        return await self._ask(wire.ORDER, Order, customer_id=customer_id, order_number=number)

    async def change_address(
        self, key: str, customer_id: str, number: str, change: AddressChange
    ) -> Done:
        about = {"customer_id": customer_id, "order_number": number}
        return await self._ask(wire.CHANGE_ADDRESS, Done, key, **about, change=change)

    async def cancel_order(
        self, key: str, customer_id: str, number: str, reason: str | None
    ) -> OrderCancelled:
        about = {"customer_id": customer_id, "order_number": number}
        return await self._ask(wire.CANCEL_ORDER, OrderCancelled, key, **about, reason=reason)

    async def open_after_sale(
        self, key: str, customer_id: str, number: str, wish: AfterSaleWish
    ) -> AfterSaleOpened:
        about = {"customer_id": customer_id, "order_number": number}
        return await self._ask(wire.AFTER_SALE, AfterSaleOpened, key, **about, wish=wish)

    async def request_invoice(
        self, key: str, customer_id: str, number: str, wish: InvoiceWish
    ) -> InvoiceRequested:
        about = {"customer_id": customer_id, "order_number": number}
        return await self._ask(wire.INVOICE, InvoiceRequested, key, **about, wish=wish)

    async def protect_price(self, key: str, customer_id: str, number: str) -> PriceProtected:
        about = {"customer_id": customer_id, "order_number": number}
        return await self._ask(wire.PRICE_PROTECTION, PriceProtected, key, **about)

    async def urge(self, key: str, customer_id: str, number: str) -> Urged:
        about = {"customer_id": customer_id, "order_number": number}
        return await self._ask(wire.URGE, Urged, key, **about)

    async def slots(self, service: ServiceKey, address: str, on: date | None) -> list[Slot]:
        found = await self._ask(wire.SLOTS, wire.SlotList, service=service, address=address, on=on)
        return found.slots

    async def appointments(self, customer_id: str) -> list[Appointment]:
        found = await self._ask(wire.APPOINTMENTS, wire.AppointmentList, customer_id=customer_id)
        return found.appointments

    async def appointment(self, number: str) -> Appointment:
        return await self._ask(wire.APPOINTMENT, Appointment, number=number)

    async def appointments_between(self, start: datetime, end: datetime) -> list[Appointment]:
        found = await self._ask(
            wire.APPOINTMENTS_BETWEEN, wire.AppointmentList, start=start, end=end
        )
        return found.appointments

    async def book(self, key: str, booking: Booking) -> Appointment:
        return await self._ask(wire.BOOK, Appointment, key, booking=booking)

    async def change_appointment(self, key: str, number: str, slot_id: str) -> Appointment:
        return await self._ask(
            wire.CHANGE_APPOINTMENT, Appointment, key, number=number, slot_id=slot_id
        )

    async def cancel_appointment(self, key: str, number: str) -> Appointment:
        return await self._ask(wire.CANCEL_APPOINTMENT, Appointment, key, number=number)

    async def complete_appointment(self, key: str, number: str) -> Appointment:
        return await self._ask(wire.COMPLETE_APPOINTMENT, Appointment, key, number=number)

    async def secure_account(self, key: str, customer_id: str, wish: SecurityWish) -> Done:
        return await self._ask(wire.SECURE_ACCOUNT, Done, key, customer_id=customer_id, wish=wish)

    async def request_privacy(
        self, key: str, customer_id: str, wish: PrivacyWish, note: str
    ) -> PrivacyAccepted:
        return await self._ask(
            wire.PRIVACY, PrivacyAccepted, key, customer_id=customer_id, wish=wish, note=note
        )

    async def _ask(self, path: str, shape: type[T], key: str | None = None, **body: object) -> T:
        headers = {} if key is None else {wire.KEY_HEADER: key}
        try:
            answer = await self._http.post(path, json=to_jsonable_python(body), headers=headers)
            if answer.is_success:
                return TypeAdapter(shape).validate_json(answer.content)
            raise _refusal(path, answer)
        except (httpx.HTTPError, ValidationError) as error:
            log.error("shop.unavailable", path=path, error=type(error).__name__)
            raise Unavailable(part="shop") from error


def _refusal(path: str, answer: httpx.Response) -> DeskError:
    """The shop's refusal as an error of the desk; anything not in the contract is Unavailable."""
    if answer.status_code == 401 or answer.status_code >= 500:
        log.error("shop.failed", path=path, status=answer.status_code)
        return Unavailable(part="shop")
    error = _Refusal.model_validate_json(answer.content).error
    reason = error.details.pop("reason", None)
    if error.code == NotPossible.code and isinstance(reason, str):
        return NotPossible(reason=reason, **error.details)
    known = _REFUSALS.get(error.code)
    if known is None:
        log.error("shop.failed", path=path, status=answer.status_code)
        return Unavailable(part="shop")
    return known()
