"""What the desk asks of a shop, whoever runs it: the bundled demo shop or a company's own.

Amounts are integer fen, moments are aware, days are those of the shop (Asia/Shanghai). A shop
answers with full data; what customers see is masked at the desk (`api.commerce.views`).

Acts take a `key`: the same key again gives the first result again and has no second effect.
Every method may raise Unavailable when the shop does not answer.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

OrderState = Literal["unpaid", "paid", "packing", "shipped", "delivered", "completed", "cancelled"]
ShipmentState = Literal[
    "created", "in_transit", "out_for_delivery", "at_pickup_point", "delivered", "exception"
]
InvoiceState = Literal["none", "requested", "issued"]
InvoiceKind = Literal["personal", "company"]
AfterSaleKind = Literal["refund", "return", "exchange"]
AfterSaleState = Literal[
    "reviewing", "waiting_for_goods", "goods_received", "paying", "paid", "rejected"
]
ServiceKey = Literal["install", "repair", "clean", "move", "measure"]
AppointmentState = Literal["booked", "changed", "cancelled", "done"]
SecurityWish = Literal["lock", "sign_out_everywhere"]
PrivacyWish = Literal["copy", "correct", "erase"]

MOST_SLOTS = 6
MOST_ORDERS = 5
MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Proof:
    """An order number with the phone of whoever bought it, complete or its last four digits.

    The recipient's phone is no proof: it stands on every parcel.
    """

    order_number: str
    phone: str | None = None
    phone_last4: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom a proof belongs to; `id` is the shop's own and means nothing to the desk."""

    id: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Item:
    """A line of an order."""

    sku: str
    title: str
    quantity: int
    price_fen: int


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets the parcel, and where."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class ShipmentEvent:
    """Something that happened to a parcel."""

    time: datetime
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """The parcel of an order; `pickup_code` while it waits at a pick-up point."""

    tracking_number: str
    carrier: str
    state: ShipmentState
    last_event: ShipmentEvent | None
    expected_on: date | None
    pickup_code: str | None


@dataclass(frozen=True, slots=True)
class AfterSale:
    """The newest refund, return or exchange of an order."""

    number: str
    kind: AfterSaleKind
    state: AfterSaleState
    amount_fen: int
    expected_on: date | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a customer."""

    number: str
    state: OrderState
    placed_at: datetime
    total_fen: int
    items: tuple[Item, ...]
    recipient: Recipient
    shipment: Shipment | None
    invoice: InvoiceState
    refund: AfterSale | None


@dataclass(frozen=True, slots=True)
class AddressChange:
    """Where an order shall go; None leaves name or phone as they are."""

    address: str
    recipient_name: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class AfterSaleWish:
    """What shall be done with delivered goods; no `items` means all of the order."""

    kind: AfterSaleKind
    reason: str
    items: tuple[str, ...] = ()
    wanted_spec: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceWish:
    """How the invoice shall read; a company needs a tax number."""

    title: str
    kind: InvoiceKind
    email: str
    tax_number: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """An act was done under this number."""

    reference: str


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """`refund_fen` is 0 and the day None when nothing had been paid."""

    reference: str
    refund_fen: int
    refund_expected_on: date | None


@dataclass(frozen=True, slots=True)
class AfterSaleOpened:
    """`refund_fen` None for an exchange; `pickup_from`: first day a courier can fetch the goods."""

    reference: str
    refund_fen: int | None
    pickup_from: date | None


@dataclass(frozen=True, slots=True)
class InvoiceRequested:
    """The invoice is expected by that day."""

    reference: str
    expected_on: date


@dataclass(frozen=True, slots=True)
class PriceProtected:
    """The difference that is paid back."""

    reference: str
    difference_fen: int


@dataclass(frozen=True, slots=True)
class Urged:
    """The day that may be promised."""

    reference: str
    promised_on: date


@dataclass(frozen=True, slots=True)
class PrivacyAccepted:
    """The request is answered by that day."""

    reference: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be booked."""

    id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Booking:
    """A wish for a visit; `customer_id` when the desk knows who asks."""

    service: ServiceKey
    address: str
    slot_id: str
    contact: str
    note: str | None = None
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit; `customer_id` None when it was booked by somebody unknown."""

    number: str
    customer_id: str | None
    service: ServiceKey
    address: str
    contact: str
    starts_at: datetime
    ends_at: datetime
    state: AppointmentState


class Commerce(Protocol):
    """A shop. Every `customer_id` has been proved by `find_customer`.

    One it does not know, perhaps of a shop the desk asked before, has no orders and no visits.
    """

    async def find_customer(self, proof: Proof) -> Customer | None:
        """Who bought that order, if the phone is theirs; None, whatever of the proof is wrong."""

    async def orders(self, customer_id: str) -> list[Order]:
        """The newest orders first, at most `MOST_ORDERS`."""

    async def order(self, customer_id: str, number: str) -> Order:
        """Raises OrderNotFound, for the order of somebody else too."""

    async def change_address(
        self, key: str, customer_id: str, number: str, change: AddressChange
    ) -> Done:
        """Raises OrderNotFound, NotPossible: already_shipped, cancelled."""

    async def cancel_order(
        self, key: str, customer_id: str, number: str, reason: str | None
    ) -> OrderCancelled:
        """Raises OrderNotFound, NotPossible: already_shipped, already_cancelled, completed."""

    async def open_after_sale(
        self, key: str, customer_id: str, number: str, wish: AfterSaleWish
    ) -> AfterSaleOpened:
        """Raises OrderNotFound, NotPossible: not_delivered, window_over, already_open,
        not_returnable, cancelled."""

    async def request_invoice(
        self, key: str, customer_id: str, number: str, wish: InvoiceWish
    ) -> InvoiceRequested:
        """Raises OrderNotFound, NotPossible: already_issued, unpaid, cancelled,
        tax_number_missing."""

    async def protect_price(self, key: str, customer_id: str, number: str) -> PriceProtected:
        """Raises OrderNotFound, NotPossible: no_difference, window_over, already_claimed,
        unpaid, cancelled."""

    async def urge(self, key: str, customer_id: str, number: str) -> Urged:
        """Raises OrderNotFound, NotPossible: delivered, cancelled, unpaid."""

    async def slots(self, service: ServiceKey, address: str, on: date | None) -> list[Slot]:
        """Free slots from tomorrow on, at most `MOST_SLOTS`; none where nobody can come."""

    async def appointments(self, customer_id: str) -> list[Appointment]:
        """Open ones, the next first."""

    async def appointment(self, number: str) -> Appointment:
        """Raises AppointmentNotFound. The desk checks whose it is."""

    async def appointments_between(self, start: datetime, end: datetime) -> list[Appointment]:
        """All that begin from `start` on and before `end`, whatever became of them, in order of
        time; at most `MOST_LISTED`."""

    async def book(self, key: str, booking: Booking) -> Appointment:
        """Raises NotPossible: slot_taken, area_not_served."""

    async def change_appointment(self, key: str, number: str, slot_id: str) -> Appointment:
        """Raises AppointmentNotFound, NotPossible: slot_taken, too_late, cancelled, done."""

    async def cancel_appointment(self, key: str, number: str) -> Appointment:
        """Raises AppointmentNotFound, NotPossible: too_late, cancelled, done."""

    async def complete_appointment(self, key: str, number: str) -> Appointment:
        """The visit has taken place. Raises AppointmentNotFound, NotPossible: not_begun, cancelled,
        done."""

    async def secure_account(self, key: str, customer_id: str, wish: SecurityWish) -> Done:
        """Lock the account, or end all its sessions. Raises NotVerified: no such customer."""

    async def request_privacy(
        self, key: str, customer_id: str, wish: PrivacyWish, note: str
    ) -> PrivacyAccepted:
        """A request under the 个人信息保护法, answered within 15 working days.

        Raises NotVerified: no such customer.
        """


OpenShop = Callable[[], AbstractAsyncContextManager[Commerce]]
"""Opens the shop; what was done is kept when the block ends well."""
