"""The shop for the action server (docs/architecture.md §5), by service token only.

Everything is POST: ids stay out of logs.
"""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Depends

from api.auth.dependencies import own_process
from api.commerce import follow_up, identity
from api.commerce.interface import AddressChange, AfterSaleWish, Booking, InvoiceWish, Proof
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
    IdentityResult,
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
    ServiceList,
    SlotList,
    SlotRequest,
    TicketStatusList,
    TicketStatusRequest,
    UrgeResult,
    VerifyRequest,
    VerifyResult,
)
from api.commerce.service import counter
from api.commerce.views import MaskedOrder, masked_order
from api.context import DeskDep

router = APIRouter(
    prefix="/internal/v1/commerce", dependencies=[Depends(own_process)], include_in_schema=False
)


@router.post("/verify")
async def verify(body: VerifyRequest, desk: DeskDep) -> VerifyResult:
    """Try a proof of identity."""
    proof = Proof(body.order_number, body.phone, body.phone_last4)
    async with counter(desk, body) as at:
        result = await identity.verify(at.tx, at.shop, body.conversation_id, proof)
    return VerifyResult(**asdict(result))


@router.post("/identity")
async def show_identity(body: Asking, desk: DeskDep) -> IdentityResult:
    """Is the conversation verified?"""
    async with counter(desk, body) as at:
        return IdentityResult(**asdict(await identity.identity(at.tx, body.conversation_id)))


@router.post("/orders")
async def orders(body: Asking, desk: DeskDep) -> OrderList:
    """The customer's newest orders."""
    async with counter(desk, body) as at:
        found = await at.shop.orders(await at.customer())
    return OrderList(orders=[masked_order(order) for order in found])


@router.post("/order")
async def order(body: OrderRequest, desk: DeskDep) -> MaskedOrder:
    """One order of the customer."""
    async with counter(desk, body) as at:
        return masked_order(await at.shop.order(await at.customer(), body.order_number))


@router.post("/order/change-address")
async def change_address(body: AddressRequest, desk: DeskDep) -> Reference:
    """Send the order elsewhere."""
    change = AddressChange(body.address, body.recipient_name, body.phone)
    async with counter(desk, body) as at:
        customer = await at.customer()
        return await at.once(
            "order/change-address",
            body,
            Reference,
            lambda key: at.shop.change_address(key, customer, body.order_number, change),
        )


@router.post("/order/cancel")
async def cancel(body: CancelRequest, desk: DeskDep) -> CancelResult:
    """Cancel the order."""
    async with counter(desk, body) as at:
        customer = await at.customer()
        return await at.once(
            "order/cancel",
            body,
            CancelResult,
            lambda key: at.shop.cancel_order(key, customer, body.order_number, body.reason),
        )


@router.post("/order/after-sale")
async def after_sale(body: AfterSaleRequest, desk: DeskDep) -> AfterSaleResult:
    """Return, exchange or refund."""
    wish = AfterSaleWish(body.kind, body.reason, tuple(body.items or ()), body.wanted_spec)
    async with counter(desk, body) as at:
        customer = await at.customer()
        return await at.once(
            "order/after-sale",
            body,
            AfterSaleResult,
            lambda key: at.shop.open_after_sale(key, customer, body.order_number, wish),
        )


@router.post("/order/invoice")
async def invoice(body: InvoiceRequest, desk: DeskDep) -> InvoiceResult:
    """Ask for the invoice."""
    wish = InvoiceWish(body.title, body.kind, body.email, body.tax_number)
    async with counter(desk, body) as at:
        customer = await at.customer()
        return await at.once(
            "order/invoice",
            body,
            InvoiceResult,
            lambda key: at.shop.request_invoice(key, customer, body.order_number, wish),
        )


@router.post("/order/price-protection")
async def price_protection(body: OrderAct, desk: DeskDep) -> PriceProtectionResult:
    """Claim the difference to today's price."""
    async with counter(desk, body) as at:
        customer = await at.customer()
        return await at.once(
            "order/price-protection",
            body,
            PriceProtectionResult,
            lambda key: at.shop.protect_price(key, customer, body.order_number),
        )


@router.post("/order/urge")
async def urge(body: OrderAct, desk: DeskDep) -> UrgeResult:
    """Hurry the parcel."""
    async with counter(desk, body) as at:
        customer = await at.customer()
        return await at.once(
            "order/urge",
            body,
            UrgeResult,
            lambda key: at.shop.urge(key, customer, body.order_number),
        )


@router.post("/services")
async def services(body: Asking, desk: DeskDep) -> ServiceList:
    """Services at home."""
    async with counter(desk, body) as at:
        return ServiceList(services=await at.shop.services())


@router.post("/slots")
async def slots(body: SlotRequest, desk: DeskDep) -> SlotList:
    """Free times."""
    async with counter(desk, body) as at:
        return SlotList(slots=await at.slots(body))


@router.post("/appointments")
async def appointments(body: Asking, desk: DeskDep) -> AppointmentList:
    """Open appointments of the customer or this conversation."""
    async with counter(desk, body) as at:
        return AppointmentList(appointments=await at.appointments())


@router.post("/appointment/book")
async def book(body: BookRequest, desk: DeskDep) -> AppointmentResult:
    """Book a visit."""
    async with counter(desk, body) as at:
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
    async with counter(desk, body) as at:
        return await at.change_appointment(body, body.number, body.slot_id)


@router.post("/appointment/cancel")
async def cancel_appointment(body: CancelVisitRequest, desk: DeskDep) -> AppointmentResult:
    """Cancel a visit."""
    async with counter(desk, body) as at:
        return await at.cancel_appointment(body, body.number)


@router.post("/account/secure")
async def secure_account(body: SecureRequest, desk: DeskDep) -> Reference:
    """Lock the account, or end its sessions."""
    async with counter(desk, body) as at:
        customer = await at.customer()
        return await at.once(
            "account/secure",
            body,
            Reference,
            lambda key: at.shop.secure_account(key, customer, body.wish),
        )


@router.post("/privacy-request")
async def privacy_request(body: PrivacyRequest, desk: DeskDep) -> PrivacyResult:
    """A request about personal data."""
    async with counter(desk, body) as at:
        return await follow_up.request_privacy(at, body)


@router.post("/call-back")
async def call_back(body: CallBackRequest, desk: DeskDep) -> CallBackResult:
    """Somebody shall call."""
    async with counter(desk, body) as at:
        return await follow_up.call_back(at, body)


@router.post("/ticket-status")
async def ticket_status(body: TicketStatusRequest, desk: DeskDep) -> TicketStatusList:
    """How far tickets are."""
    async with counter(desk, body) as at:
        return TicketStatusList(tickets=await follow_up.ticket_status(at, body.number))
