"""What the shop behind the desk answers: orders, appointments, and what was done for them.

The seam is `/internal/v1/commerce/…` of the api. Money is integer fen, days are ISO.
"""

from __future__ import annotations

from datetime import date, datetime

from actions.wire import GatewayRefused, Wire


class NotVerified(GatewayRefused):
    """Personal data was asked for before the identity was verified."""


class NotFound(GatewayRefused):
    """There is no such thing, or it belongs to somebody else: `code` says what was looked for."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotPossible(GatewayRefused):
    """The shop's rules say no; `reason` is one of the seam's stable reasons."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooManyAttempts(GatewayRefused):
    """Verification is locked for half an hour."""


class Verification(Wire):
    """Whether the customer is who they say."""

    verified: bool
    attempts_left: int = 0


class Item(Wire):
    """One line of an order."""

    title: str
    quantity: int = 1


class LastEvent(Wire):
    """Where a parcel was seen last."""

    time: datetime
    place: str
    text: str


class Shipment(Wire):
    """The parcel of an order."""

    tracking_number: str
    carrier: str
    state: str
    last_event: LastEvent | None = None
    expected_on: date | None = None
    pickup_code: str | None = None


class Refund(Wire):
    """Money or goods on their way back."""

    number: str
    kind: str
    state: str
    amount_fen: int | None = None
    expected_on: date | None = None


class Order(Wire):
    """An order as its owner may see it."""

    number: str
    state: str
    placed_at: datetime
    total_fen: int
    items: tuple[Item, ...] = ()
    shipment: Shipment | None = None
    refund: Refund | None = None


class Orders(Wire):
    """The latest orders, newest first."""

    orders: list[Order]


class Receipt(Wire):
    """What an act gave; each act fills its own part."""

    reference: str
    created: bool = True
    refund_fen: int | None = None
    refund_expected_on: date | None = None
    pickup_from: date | datetime | None = None
    expected_on: date | None = None
    difference_fen: int | None = None
    promised_on: date | None = None
    due_on: date | datetime | None = None
    at: datetime | None = None


class FreeSlot(Wire):
    """A time at which somebody can come."""

    id: str
    starts_at: datetime
    ends_at: datetime


class FreeSlots(Wire):
    """At most six; none means that the area is not served or nothing is free."""

    slots: list[FreeSlot]


class Appointment(Wire):
    """A booked visit."""

    number: str
    service: str
    address_masked: str = ""
    starts_at: datetime
    ends_at: datetime
    state: str = "booked"


class Appointments(Wire):
    """The open ones."""

    appointments: list[Appointment]


class Booked(Wire):
    """A visit that was booked, moved or called off."""

    appointment: Appointment
    created: bool = True


class TicketState(Wire):
    """How far a ticket is."""

    number: str
    title: str
    state: str
    created_at: datetime
    first_response_due_at: datetime | None = None
    resolution_due_at: datetime | None = None


class TicketStates(Wire):
    """Tickets of the customer, newest first."""

    tickets: list[TicketState]
