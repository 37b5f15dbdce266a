"""What the shop knows, as it may be shown in a conversation: personal data masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.commerce.interface import (
    AfterSale,
    Appointment,
    AppointmentState,
    InvoiceState,
    Item,
    Order,
    OrderState,
    ServiceKey,
    Shipment,
)
from api.commerce.masking import mask_address, mask_contact, mask_name, mask_phone


@dataclass(frozen=True, slots=True)
class MaskedRecipient:
    """Who gets the parcel."""

    name_masked: str
    phone_masked: str
    address_masked: str


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """How far the invoice is."""

    state: InvoiceState


@dataclass(frozen=True, slots=True)
class MaskedOrder:
    """An order, without name, phone and street."""

    number: str
    state: OrderState
    placed_at: datetime
    total_fen: int
    items: tuple[Item, ...]
    recipient: MaskedRecipient
    shipment: Shipment | None
    invoice: InvoiceView | None
    refund: AfterSale | None


@dataclass(frozen=True, slots=True)
class MaskedAppointment:
    """A visit, without street and phone."""

    number: str
    service: ServiceKey
    address_masked: str
    starts_at: datetime
    ends_at: datetime
    contact_masked: str
    state: AppointmentState


def masked_order(order: Order) -> MaskedOrder:
    """An order as a customer may see it in a chat."""
    recipient = order.recipient
    return MaskedOrder(
        number=order.number,
        state=order.state,
        placed_at=order.placed_at,
        total_fen=order.total_fen,
        items=order.items,
        recipient=MaskedRecipient(
            mask_name(recipient.name), mask_phone(recipient.phone), mask_address(recipient.address)
        ),
        shipment=order.shipment,
        invoice=InvoiceView(order.invoice),
        refund=order.refund,
    )


def masked_appointment(appointment: Appointment) -> MaskedAppointment:
    """A visit as a customer may see it in a chat."""
    return MaskedAppointment(
        number=appointment.number,
        service=appointment.service,
        address_masked=mask_address(appointment.address),
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        contact_masked=mask_contact(appointment.contact),
        state=appointment.state,
    )
