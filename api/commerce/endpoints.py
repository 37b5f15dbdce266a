"""The shop for the action server (docs/architecture.md §5), by service token only.

Everything is POST: ids stay out of logs.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import asdict
from typing import Protocol

from fastapi import APIRouter, Depends

from api.auth.dependencies import own_process
from api.commerce import follow_up, identity
from api.commerce.interface import (
    AddressChange,
    AfterSaleWish,
    Booking,
    Commerce,
    InvoiceWish,
    Proof,
)
from api.commerce.schemas import (
    AddressRequest,
    AfterSaleRequest,
    AfterSaleResult,
    AppointmentList,
    AppointmentResult,
    Asking,
    BookRequest,
    CallBackRequest,
    CallBackResult,
    CancelRequest,
    CancelResult,
    CancelVisitRequest,
    ChangeRequest,
    InvoiceRequest,
    InvoiceResult,
    OrderAct,
    OrderList,
    OrderRequest,
    PriceProtectionResult,
    PrivacyRequest,
    PrivacyResult,
    Reference,
    SecureRequest,
    SlotList,
    SlotRequest,
    TicketStatusList,
    TicketStatusRequest,
    UrgeResult,
    VerifyRequest,
    VerifyResult,
)
from api.commerce.service import R, counter
from api.commerce.views import MaskedOrder, masked_order
from api.context import Desk, DeskDep

router = APIRouter(
    prefix="/internal/v1/commerce", dependencies=[Depends(own_process)], include_in_schema=False
)


class _PerformOnOrder(Protocol):
    """Does an act on an order: shop, key, customer, order number."""

    def __call__(
        self, shop: Commerce, key: str, customer: str, number: str, /
    ) -> Awaitable[object]:
        """Do it."""


async def _on_order(
    desk: Desk, body: OrderAct, name: str, shape: type[R], perform: _PerformOnOrder
) -> R:
    """Do an act on an order of the verified customer, once."""
    at = await counter(desk, body)
    customer, number = await at.customer(), body.order_number
    return await at.once(
        at.act(name, body, number), shape, lambda shop, key: perform(shop, key, customer, number)
    )


@router.post("/verify")
async def verify(body: VerifyRequest, desk: DeskDep) -> VerifyResult:
    """Try a proof of identity."""
    proof = Proof(body.order_number, body.phone, body.phone_last4)
    at = await counter(desk, body)
    return VerifyResult(
        **asdict(await identity.verify(at.database, at.shop, at.conversation_id, proof))
    )


@router.post("/orders")
async def orders(body: Asking, desk: DeskDep) -> OrderList:
    """The customer's newest orders."""
    customer = await (await counter(desk, body)).customer()
    async with desk.shop() as shop:
        found = await shop.orders(customer)
    return OrderList(orders=[masked_order(order) for order in found])


@router.post("/order")
async def order(body: OrderRequest, desk: DeskDep) -> MaskedOrder:
    """One order of the customer."""
    customer = await (await counter(desk, body)).customer()
    async with desk.shop() as shop:
        return masked_order(await shop.order(customer, body.order_number))


@router.post("/order/change-address")
async def change_address(body: AddressRequest, desk: DeskDep) -> Reference:
    """Send the order elsewhere."""
    change = AddressChange(body.address, body.recipient_name, body.phone)
    return await _on_order(
        *(desk, body, "order/change-address", Reference),
        lambda shop, key, customer, number: shop.change_address(key, customer, number, change),
    )


@router.post("/order/cancel")
async def cancel(body: CancelRequest, desk: DeskDep) -> CancelResult:
    """Cancel the order."""
    return await _on_order(
        *(desk, body, "order/cancel", CancelResult),
        lambda shop, key, customer, number: shop.cancel_order(key, customer, number, body.reason),
    )


@router.post("/order/after-sale")
async def after_sale(body: AfterSaleRequest, desk: DeskDep) -> AfterSaleResult:
    """Return, exchange or refund."""
    wish = AfterSaleWish(body.kind, body.reason, tuple(body.items or ()), body.wanted_spec)
    return await _on_order(
        *(desk, body, "order/after-sale", AfterSaleResult),
        lambda shop, key, customer, number: shop.open_after_sale(key, customer, number, wish),
    )


@router.post("/order/invoice")
async def invoice(body: InvoiceRequest, desk: DeskDep) -> InvoiceResult:
    """Ask for the invoice."""
    wish = InvoiceWish(body.title, body.kind, body.email, body.tax_number)
    return await _on_order(
        *(desk, body, "order/invoice", InvoiceResult),
        lambda shop, key, customer, number: shop.request_invoice(key, customer, number, wish),
    )


@router.post("/order/price-protection")
async def price_protection(body: OrderAct, desk: DeskDep) -> PriceProtectionResult:
    """Claim the difference to today's price."""
    return await _on_order(
        *(desk, body, "order/price-protection", PriceProtectionResult),
        lambda shop, key, customer, number: shop.protect_price(key, customer, number),
    )


@router.post("/order/urge")
async def urge(body: OrderAct, desk: DeskDep) -> UrgeResult:
    """Hurry the parcel."""
    return await _on_order(
        *(desk, body, "order/urge", UrgeResult),
        lambda shop, key, customer, number: shop.urge(key, customer, number),
    )


@router.post("/slots")
async def slots(body: SlotRequest, desk: DeskDep) -> SlotList:
    """Free times."""
    at = await counter(desk, body)
    return SlotList(slots=await at.slots(body))


@router.post("/appointments")
async def appointments(body: Asking, desk: DeskDep) -> AppointmentList:
    """Open appointments of the customer or this conversation."""
    at = await counter(desk, body)
    return AppointmentList(appointments=await at.appointments())


@router.post("/appointment/book")
async def book(body: BookRequest, desk: DeskDep) -> AppointmentResult:
    """Book a visit."""
    at = await counter(desk, body)
    booking = Booking(
        service=body.service,
        address=body.address,
        slot_id=body.slot_id,
        contact=body.contact,
        note=body.note,
        customer_id=await at.known_customer(),
    )
    return await at.book(body, booking)


@router.post("/appointment/change")
async def change_appointment(body: ChangeRequest, desk: DeskDep) -> AppointmentResult:
    """Move a visit."""
    at = await counter(desk, body)
    return await at.change_appointment(body, body.number, body.slot_id)


@router.post("/appointment/cancel")
async def cancel_appointment(body: CancelVisitRequest, desk: DeskDep) -> AppointmentResult:
    """Cancel a visit."""
    at = await counter(desk, body)
    return await at.cancel_appointment(body, body.number)


@router.post("/account/secure")
async def secure_account(body: SecureRequest, desk: DeskDep) -> Reference:
    """Lock the account, or end its sessions."""
    at = await counter(desk, body)
    customer = await at.customer()
    return await at.once(
        at.act("account/secure", body, body.wish),
        Reference,
        lambda shop, key: shop.secure_account(key, customer, body.wish),
    )


@router.post("/privacy-request")
async def privacy_request(body: PrivacyRequest, desk: DeskDep) -> PrivacyResult:
    """A request about personal data."""
    return await follow_up.request_privacy(await counter(desk, body), body)


@router.post("/call-back")
async def call_back(body: CallBackRequest, desk: DeskDep) -> CallBackResult:
    """Somebody shall call."""
    return await follow_up.call_back(await counter(desk, body), body)


@router.post("/ticket-status")
async def ticket_status(body: TicketStatusRequest, desk: DeskDep) -> TicketStatusList:
    """How far tickets are."""
    at = await counter(desk, body)
    return TicketStatusList(tickets=await follow_up.ticket_status(at, body.number))
