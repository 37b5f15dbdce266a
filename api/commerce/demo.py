"""The bundled demo shop: tables of its own in the desk's database, rules in `rules`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from api.commerce import demo_acts, demo_visits, rules
from api.commerce.demo_views import order_out
from api.commerce.interface import (
    MOST_ORDERS,
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
from api.db import Transaction
from api.errors import NotPossible, NotVerified, OrderNotFound
from api.ids import new_id, now
from api.models import (
    ShopAfterSale,
    ShopCustomer,
    ShopInvoice,
    ShopOrder,
    ShopOrderItem,
)

R = TypeVar("R")
_LAST = 4


class DemoShop:
    """A `Commerce` inside the caller's transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def find_customer(self, proof: Proof) -> Customer | None:
        """The buyer's phone alone is proof: the recipient's stands on every parcel."""
        query = (
            select(ShopCustomer)
            .join(ShopOrder, ShopOrder.customer_id == ShopCustomer.id)
            .where(ShopOrder.number == proof.order_number)
        )
        customer = (await self._tx.scalars(query)).first()
        if customer is None:
            return None
        if proof.phone is not None:
            proved = proof.phone == customer.phone
        else:
            proved = proof.phone_last4 == customer.phone[-_LAST:]
        return Customer(str(customer.id), customer.name, customer.phone) if proved else None

    async def orders(self, customer_id: str) -> list[Order]:
        query = (
            select(ShopOrder)
            .where(ShopOrder.customer_id == _own_id(customer_id))
            .order_by(ShopOrder.placed_at.desc(), ShopOrder.number)
            .limit(MOST_ORDERS)
        )
        return [order_out(order) for order in (await self._tx.scalars(query)).all()]

    async def order(self, customer_id: str, number: str) -> Order:
        query = select(ShopOrder).where(
            ShopOrder.number == number, ShopOrder.customer_id == _own_id(customer_id)
        )
        found = await self._tx.scalar(query)
        if found is None:
            raise OrderNotFound
        return order_out(found)

    async def change_address(
        self, key: str, customer_id: str, number: str, change: AddressChange
    ) -> Done:
        async def change_it() -> Done:
            order = await self._locked(customer_id, number)
            _allow(rules.change_of_address(order.state))
            order.address = change.address
            order.recipient_name = change.recipient_name or order.recipient_name
            order.recipient_phone = change.phone or order.recipient_phone
            return Done(await self._reference("AD"))

        return await self._once(key, "change_address", Done, change_it, customer_id, order=number)

    async def cancel_order(
        self, key: str, customer_id: str, number: str, reason: str | None
    ) -> OrderCancelled:
        async def cancel() -> OrderCancelled:
            order = await self._locked(customer_id, number)
            _allow(rules.cancellation(order.state))
            order.state = "cancelled"
            reference = await self._reference("CX")
            if order.paid_at is None:
                return OrderCancelled(reference, 0, None)
            day = rules.refund_day(now())
            refund = _after_sale(order, reference, "refund", reason or "", order.total_fen, day)
            refund.state = "paying"
            self._tx.add(refund)
            return OrderCancelled(reference, order.total_fen, day)

        return await self._once(
            key, "cancel_order", OrderCancelled, cancel, customer_id, order=number
        )

    async def open_after_sale(
        self, key: str, customer_id: str, number: str, wish: AfterSaleWish
    ) -> AfterSaleOpened:
        async def open_it() -> AfterSaleOpened:
            order = await self._locked(customer_id, number)
            items = _wanted(order, wish.items)
            delivered_at = order.shipment.delivered_at if order.shipment else None
            reason = rules.after_sale(
                wish.kind,
                order.state,
                delivered_at,
                now(),
                open_one=any(past.state != "rejected" for past in order.after_sales),
                returnable=all(item.product.returnable for item in items),
            )
            _allow(reason)
            amount = sum(item.price_fen * item.quantity for item in items)
            exchange, sent_back = wish.kind == "exchange", wish.kind != "refund"
            reference = await self._reference("AS")
            day = None if exchange else rules.refund_day(now())
            opened = _after_sale(order, reference, wish.kind, wish.reason, amount, day)
            opened.skus = [item.sku for item in items]
            opened.wanted_spec = wish.wanted_spec
            self._tx.add(opened)
            return AfterSaleOpened(
                reference,
                None if exchange else amount,
                rules.pickup_day(now()) if sent_back else None,
            )

        return await self._once(
            key, "after_sale", AfterSaleOpened, open_it, customer_id, order=number
        )

    async def request_invoice(
        self, key: str, customer_id: str, number: str, wish: InvoiceWish
    ) -> InvoiceRequested:
        async def request() -> InvoiceRequested:
            order = await self._locked(customer_id, number)
            issued = order.invoice is not None and order.invoice.state == "issued"
            _allow(rules.invoice(order.state, wish.kind, wish.tax_number, issued=issued))
            invoice = order.invoice or ShopInvoice(id=new_id(), order_id=order.id)
            invoice.kind, invoice.title = wish.kind, wish.title
            invoice.tax_number, invoice.email = wish.tax_number, wish.email
            self._tx.add(invoice)
            expected_on = order.shipment.expected_on if order.shipment else None
            day = rules.invoice_day(now(), order.state, expected_on)
            return InvoiceRequested(await self._reference("IN"), day)

        return await self._once(
            key, "invoice", InvoiceRequested, request, customer_id, order=number
        )

    async def protect_price(self, key: str, customer_id: str, number: str) -> PriceProtected:
        async def protect() -> PriceProtected:
            order = await self._locked(customer_id, number)
            difference = sum(
                max(0, item.price_fen - item.product.price_fen) * item.quantity
                for item in order.items
            )
            reason = rules.price_protection(
                order.state,
                order.paid_at,
                now(),
                difference,
                claimed=order.price_protected_fen is not None,
            )
            _allow(reason)
            order.price_protected_fen = difference
            return PriceProtected(await self._reference("PP"), difference)

        return await self._once(
            key, "price_protection", PriceProtected, protect, customer_id, order=number
        )

    async def urge(self, key: str, customer_id: str, number: str) -> Urged:
        async def hurry() -> Urged:
            order = await self._locked(customer_id, number)
            _allow(rules.urging(order.state))
            expected_on = order.shipment.expected_on if order.shipment else None
            return Urged(await self._reference("UR"), rules.promise(now(), expected_on))

        return await self._once(key, "urge", Urged, hurry, customer_id, order=number)

    async def slots(self, service: ServiceKey, address: str, on: date | None) -> list[Slot]:
        return await demo_visits.slots(self._tx, service, address, on)

    async def appointments(self, customer_id: str) -> list[Appointment]:
        customer = await self._customer(customer_id)
        return await demo_visits.of_customer(self._tx, customer.id) if customer else []

    async def appointment(self, number: str) -> Appointment:
        return await demo_visits.by_number(self._tx, number)

    async def appointments_between(self, start: datetime, end: datetime) -> list[Appointment]:
        return await demo_visits.between(self._tx, start, end)

    async def book(self, key: str, booking: Booking) -> Appointment:
        async def book_it() -> Appointment:
            customer = await self._customer(booking.customer_id)
            return await demo_visits.book(self._tx, booking, customer.id if customer else None)

        return await self._once(key, "book", Appointment, book_it, booking.customer_id)

    async def change_appointment(self, key: str, number: str, slot_id: str) -> Appointment:
        async def change() -> Appointment:
            return await demo_visits.change(self._tx, number, slot_id)

        return await self._once(key, "change_appointment", Appointment, change, appointment=number)

    async def cancel_appointment(self, key: str, number: str) -> Appointment:
        async def cancel() -> Appointment:
            return await demo_visits.cancel(self._tx, number)

        return await self._once(key, "cancel_appointment", Appointment, cancel, appointment=number)

    async def complete_appointment(self, key: str, number: str) -> Appointment:
        async def complete() -> Appointment:
            return await demo_visits.complete(self._tx, number)

        return await self._once(
            key, "complete_appointment", Appointment, complete, appointment=number
        )

    async def secure_account(self, key: str, customer_id: str, wish: SecurityWish) -> Done:
        async def secure() -> Done:
            customer = await self._customer(customer_id)
            if customer is None:
                raise NotVerified
            if wish == "lock":
                customer.account_state = "locked"
            return Done(await self._reference("AC"))

        return await self._once(key, "secure_account", Done, secure, customer_id, wish=wish)

    async def request_privacy(
        self, key: str, customer_id: str, wish: PrivacyWish, note: str
    ) -> PrivacyAccepted:
        async def accept() -> PrivacyAccepted:
            if await self._customer(customer_id) is None:
                raise NotVerified
            return PrivacyAccepted(await self._reference("PR"), rules.privacy_day(now()))

        return await self._once(
            key, "privacy", PrivacyAccepted, accept, customer_id, wish=wish, note=note
        )

    async def _locked(self, customer_id: str, number: str) -> ShopOrder:
        query = (
            select(ShopOrder)
            .where(ShopOrder.number == number, ShopOrder.customer_id == _own_id(customer_id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        order = await self._tx.scalar(query)
        if order is None:
            raise OrderNotFound
        return order

    async def _once(
        self,
        key: str,
        act: str,
        shape: type[R],
        perform: Callable[[], Awaitable[R]],
        customer_id: str | None = None,
        **details: str,
    ) -> R:
        customer = await self._customer(customer_id)
        whose = customer.id if customer else None
        return await demo_acts.once(self._tx, key, act, shape, perform, whose, **details)

    async def _customer(self, customer_id: str | None) -> ShopCustomer | None:
        """None for an id that this shop has not given."""
        known = _own_id(customer_id)
        return await self._tx.get(ShopCustomer, known) if known else None

    async def _reference(self, prefix: str) -> str:
        return await demo_acts.reference(self._tx, prefix)


def _own_id(customer_id: str | None) -> UUID | None:
    """The id as this shop writes it, None for one of another shop."""
    try:
        return UUID(customer_id)
    except (TypeError, ValueError):
        return None


def _allow(reason: str | None) -> None:
    if reason is not None:
        raise NotPossible(reason=reason)


def _wanted(order: ShopOrder, skus: Sequence[str]) -> list[ShopOrderItem]:
    """The items named, all without names; NotPossible when one is not of this order."""
    items = [item for item in order.items if not skus or item.sku in skus]
    if not set(skus) <= {item.sku for item in items}:
        raise NotPossible(reason="not_returnable")
    return items


def _after_sale(
    order: ShopOrder, number: str, kind: str, reason: str, amount_fen: int, expected_on: date | None
) -> ShopAfterSale:
    return ShopAfterSale(
        id=new_id(),
        number=number,
        order_id=order.id,
        kind=kind,
        state="reviewing",
        amount_fen=amount_fen,
        reason=reason,
        skus=[item.sku for item in order.items],
        expected_on=expected_on,
        created_at=now(),
    )
