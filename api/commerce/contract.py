"""The contract a company's shop keeps: any `Commerce` behind HTTP.

`docs/commerce-openapi.yaml` is the description of this app, written by `scripts/openapi`; the
contract tests hold the demo shop and its own shop over HTTP to the same behaviour. A company
implements the same addresses; this one is the reference to try against.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Depends, FastAPI, Header, Request, Security
from fastapi.security import HTTPBearer
from pydantic import AwareDatetime

from api import errors
from api.auth.dependencies import bearer
from api.auth.tokens import same
from api.commerce import wire
from api.commerce.interface import (
    AddressChange,
    AfterSaleOpened,
    AfterSaleWish,
    Appointment,
    Booking,
    Commerce,
    Done,
    InvoiceRequested,
    InvoiceWish,
    OpenShop,
    Order,
    OrderCancelled,
    PriceProtected,
    PrivacyAccepted,
    PrivacyWish,
    Proof,
    SecurityWish,
    ServiceKey,
    Urged,
)
from api.errors import (
    AppointmentNotFound,
    NotPossible,
    NotSignedIn,
    NotVerified,
    OrderNotFound,
    ValidationFailed,
    declare,
)

router = APIRouter(responses=declare(NotSignedIn, ValidationFailed))


async def _allowed(
    request: Request,
    _described: Annotated[object, Security(HTTPBearer(auto_error=False))],
) -> None:
    if not same(bearer(request), request.app.state.token):
        raise NotSignedIn


async def _shop(request: Request) -> AsyncIterator[Commerce]:
    open_shop: OpenShop = request.app.state.open_shop
    async with open_shop() as shop:
        yield shop


ShopDep = Annotated[Commerce, Depends(_shop, scope="function")]
Key = Annotated[str, Header(alias=wire.KEY_HEADER, min_length=1, max_length=200)]
Field = Annotated[str, Body(embed=True, max_length=2000)]


def shop_app(open_shop: OpenShop, token: str) -> FastAPI:
    """The app; callers carry `token`."""
    app = FastAPI(
        title="Shop for the fenzhen desk",
        summary="What a company implements so that the desk can look up and change its orders",
        description=(
            "Amounts are integer fen, moments ISO 8601 with an offset, days those of the shop. "
            "Acts carry an Idempotency-Key: the same key again gives the first answer again and "
            "has no second effect. Errors are `{error: {code, message, details}}`; a refusal is "
            "409 `not_possible` with `details.reason`. A customer_id the shop does not know has no "
            "orders and no visits. Every address wants `Authorization: Bearer`."
        ),
        version="1",
        dependencies=[Depends(_allowed)],
    )
    app.state.open_shop, app.state.token = open_shop, token
    app.include_router(router)
    errors.install(app)
    return app


@router.post(wire.FIND_CUSTOMER)
async def find_customer(
    shop: ShopDep, proof: Annotated[Proof, Body(embed=True)]
) -> wire.FoundCustomer:
    """Who bought the order, if the phone is theirs. The recipient's is no proof."""
    return wire.FoundCustomer(await shop.find_customer(proof))


@router.post(wire.ORDERS)
async def list_orders(shop: ShopDep, customer_id: Field) -> wire.OrderList:
    """The customer's newest orders, at most five."""
    return wire.OrderList(await shop.orders(customer_id))


@router.post(wire.ORDER, responses=declare(OrderNotFound))
async def get_order(shop: ShopDep, customer_id: Field, order_number: Field) -> Order:
    """One order of the customer."""
    return await shop.order(customer_id, order_number)


@router.post(wire.CHANGE_ADDRESS, responses=declare(OrderNotFound, NotPossible))
async def change_address(
    shop: ShopDep,
    key: Key,
    customer_id: Field,
    order_number: Field,
    change: Annotated[AddressChange, Body()],
) -> Done:
    """Reasons: already_shipped, cancelled."""
    return await shop.change_address(key, customer_id, order_number, change)


@router.post(wire.CANCEL_ORDER, responses=declare(OrderNotFound, NotPossible))
async def cancel_order(
    shop: ShopDep,
    key: Key,
    customer_id: Field,
    order_number: Field,
    reason: Annotated[str | None, Body()] = None,
) -> OrderCancelled:
    """Reasons: already_shipped, already_cancelled, completed."""
    return await shop.cancel_order(key, customer_id, order_number, reason)


@router.post(wire.AFTER_SALE, responses=declare(OrderNotFound, NotPossible))
async def open_after_sale(
    shop: ShopDep,
    key: Key,
    customer_id: Field,
    order_number: Field,
    wish: Annotated[AfterSaleWish, Body()],
) -> AfterSaleOpened:
    """Reasons: not_delivered, window_over, already_open, not_returnable, cancelled."""
    return await shop.open_after_sale(key, customer_id, order_number, wish)


@router.post(wire.INVOICE, responses=declare(OrderNotFound, NotPossible))
async def request_invoice(
    shop: ShopDep,
    key: Key,
    customer_id: Field,
    order_number: Field,
    wish: Annotated[InvoiceWish, Body()],
) -> InvoiceRequested:
    """Reasons: already_issued, unpaid, cancelled, tax_number_missing."""
    return await shop.request_invoice(key, customer_id, order_number, wish)


@router.post(wire.PRICE_PROTECTION, responses=declare(OrderNotFound, NotPossible))
async def protect_price(
    shop: ShopDep, key: Key, customer_id: Field, order_number: Field
) -> PriceProtected:
    """Reasons: no_difference, window_over, already_claimed, unpaid, cancelled."""
    return await shop.protect_price(key, customer_id, order_number)


@router.post(wire.URGE, responses=declare(OrderNotFound, NotPossible))
async def urge(shop: ShopDep, key: Key, customer_id: Field, order_number: Field) -> Urged:
    """Reasons: delivered, cancelled, unpaid."""
    return await shop.urge(key, customer_id, order_number)


@router.post(wire.SLOTS)
async def list_slots(
    shop: ShopDep,
    service: Annotated[ServiceKey, Body()],
    address: Field,
    on: Annotated[date | None, Body()] = None,
) -> wire.SlotList:
    """Free times from tomorrow on, at most six; none where nobody can come."""
    return wire.SlotList(await shop.slots(service, address, on))


@router.post(wire.APPOINTMENTS)
async def list_appointments(shop: ShopDep, customer_id: Field) -> wire.AppointmentList:
    """The customer's open appointments."""
    return wire.AppointmentList(await shop.appointments(customer_id))


@router.post(wire.APPOINTMENT, responses=declare(AppointmentNotFound))
async def get_appointment(shop: ShopDep, number: Field) -> Appointment:
    """One appointment; the desk checks whose it is."""
    return await shop.appointment(number)


@router.post(wire.APPOINTMENTS_BETWEEN)
async def list_appointments_between(
    shop: ShopDep, start: Annotated[AwareDatetime, Body()], end: Annotated[AwareDatetime, Body()]
) -> wire.AppointmentList:
    """All that begin from `start` on and before `end`, whatever became of them; at most 500."""
    return wire.AppointmentList(await shop.appointments_between(start, end))


@router.post(wire.BOOK, responses=declare(NotPossible))
async def book(
    shop: ShopDep, key: Key, booking: Annotated[Booking, Body(embed=True)]
) -> Appointment:
    """Reasons: slot_taken, area_not_served."""
    return await shop.book(key, booking)


@router.post(wire.CHANGE_APPOINTMENT, responses=declare(AppointmentNotFound, NotPossible))
async def change_appointment(shop: ShopDep, key: Key, number: Field, slot_id: Field) -> Appointment:
    """Reasons: slot_taken, too_late, cancelled, done."""
    return await shop.change_appointment(key, number, slot_id)


@router.post(wire.CANCEL_APPOINTMENT, responses=declare(AppointmentNotFound, NotPossible))
async def cancel_appointment(shop: ShopDep, key: Key, number: Field) -> Appointment:
    """Reasons: too_late, cancelled, done."""
    return await shop.cancel_appointment(key, number)


@router.post(wire.COMPLETE_APPOINTMENT, responses=declare(AppointmentNotFound, NotPossible))
async def complete_appointment(shop: ShopDep, key: Key, number: Field) -> Appointment:
    """Reasons: not_begun, cancelled, done."""
    return await shop.complete_appointment(key, number)


@router.post(wire.SECURE_ACCOUNT, responses=declare(NotVerified))
async def secure_account(
    shop: ShopDep, key: Key, customer_id: Field, wish: Annotated[SecurityWish, Body()]
) -> Done:
    """Lock the account, or end all its sessions."""
    return await shop.secure_account(key, customer_id, wish)


@router.post(wire.PRIVACY, responses=declare(NotVerified))
async def request_privacy(
    shop: ShopDep,
    key: Key,
    customer_id: Field,
    wish: Annotated[PrivacyWish, Body()],
    note: Field,
) -> PrivacyAccepted:
    """A request about personal data, answered within 15 working days."""
    return await shop.request_privacy(key, customer_id, wish, note)
