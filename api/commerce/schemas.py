"""Bodies of the commerce endpoints: the seam between the action server and the api."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from api.commerce.interface import (
    AfterSaleKind,
    InvoiceKind,
    PrivacyWish,
    SecurityWish,
    ServiceKey,
    Slot,
)
from api.commerce.views import MaskedAppointment, MaskedOrder
from api.models import TicketState

_NO_NUL = r"^[^\x00]*$"
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_NUL)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=_NO_NUL)]
Number = Annotated[str, StringConstraints(min_length=4, max_length=64, pattern=r"^[\w-]+$")]


def _bare(phone: str) -> str:
    """Without spaces, dashes and the country's code."""
    return re.sub(r"^(?:\+?86)(?=1\d{10}$)", "", re.sub(r"[\s-]", "", phone))


Phone = Annotated[
    str, StringConstraints(max_length=24, pattern=r"^\+?[\d\s-]{7,}$"), AfterValidator(_bare)
]


class Asking(BaseModel):
    """Every question names its conversation."""

    model_config = ConfigDict(str_strip_whitespace=True)

    conversation_id: UUID


class Acting(Asking):
    """Every act names the message it is done for: the same one again has no second effect."""

    message_id: UUID


class Created(BaseModel):
    """`created` is False for a repeat."""

    created: bool


class Reference(Created):
    """The number an act was done under."""

    reference: str


class VerifyRequest(Asking):
    """An order number, with the phone of whoever bought it or its last four digits."""

    order_number: Number
    phone: Phone | None = None
    phone_last4: Annotated[str, StringConstraints(pattern=r"^\d{4}$")] | None = None

    @model_validator(mode="after")
    def _some_phone(self) -> Self:
        if self.phone is None and self.phone_last4 is None:
            raise ValueError("phone or phone_last4 is needed")
        return self


class VerifyResult(BaseModel):
    """`attempts_left` 0: locked for a while."""

    verified: bool
    attempts_left: int
    display_name: str | None
    phone_masked: str | None


class OrderList(BaseModel):
    """Newest first."""

    orders: list[MaskedOrder]


class OrderRequest(Asking):
    """One order."""

    order_number: Number


class OrderAct(Acting):
    """An act on an order."""

    order_number: Number


class AddressRequest(OrderAct):
    """Where the order shall go."""

    address: Line
    recipient_name: Line | None = None
    phone: Phone | None = None


class CancelRequest(OrderAct):
    """Cancel the order."""

    reason: Prose | None = None


class CancelResult(Reference):
    """`refund_fen` is 0 when nothing had been paid."""

    refund_fen: int
    refund_expected_on: date | None


class AfterSaleRequest(OrderAct):
    """Return, exchange or refund; no `items` means the whole order."""

    kind: AfterSaleKind
    reason: Prose
    items: list[Line] | None = Field(default=None, max_length=50)
    wanted_spec: Line | None = None


class AfterSaleResult(Reference):
    """`pickup_from`: the first day a courier can fetch the goods."""

    refund_fen: int | None
    pickup_from: date | None


class InvoiceRequest(OrderAct):
    """How the invoice shall read."""

    title: Line
    kind: InvoiceKind
    tax_number: Line | None = None
    email: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$")]


class InvoiceResult(Reference):
    """Expected by that day."""

    expected_on: date


class PriceProtectionResult(Reference):
    """What is paid back."""

    difference_fen: int


class UrgeResult(Reference):
    """What may be promised."""

    promised_on: date


class SlotRequest(Asking):
    """Free times for a service at an address, or to move the appointment of that number."""

    service: ServiceKey | None = None
    address: Line | None = None
    number: Number | None = None
    on: date | None = None

    @model_validator(mode="after")
    def _some_place(self) -> Self:
        if self.number is None and (self.service is None or self.address is None):
            raise ValueError("service and address, or number")
        return self


class SlotList(BaseModel):
    """At most six; none where nobody can come."""

    slots: list[Slot]


class AppointmentList(BaseModel):
    """Open ones, the next first."""

    appointments: list[MaskedAppointment]


class BookRequest(Acting):
    """Book a visit."""

    service: ServiceKey
    address: Line
    slot_id: Line
    contact: Line
    note: Prose | None = None


class ChangeRequest(Acting):
    """Move a visit."""

    number: Number
    slot_id: Line


class CancelVisitRequest(Acting):
    """Cancel a visit."""

    number: Number


class AppointmentResult(Created):
    """The visit as it is now."""

    appointment: MaskedAppointment


class SecureRequest(Acting):
    """Protect the account."""

    wish: SecurityWish


class PrivacyRequest(Acting):
    """A request about personal data."""

    wish: PrivacyWish
    note: Prose


class PrivacyResult(Reference):
    """Answered by that day at the latest."""

    due_on: date


class CallBackRequest(Acting):
    """Call this number, at a time or as soon as possible."""

    phone: Phone
    at: AwareDatetime | None = None
    topic: Prose


class CallBackResult(Reference):
    """When it is planned; without a wish, when it is due at the latest."""

    at: datetime


class TicketStatusRequest(Asking):
    """One ticket, or all of this customer."""

    number: Number | None = None


class TicketStatus(BaseModel):
    """How far a ticket is."""

    number: str
    title: str
    state: TicketState
    priority: str
    created_at: datetime
    first_response_due_at: datetime
    resolution_due_at: datetime


class TicketStatusList(BaseModel):
    """Newest first."""

    tickets: list[TicketStatus]
