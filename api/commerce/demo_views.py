"""Rows of the demo shop as the interface gives them."""

from __future__ import annotations

from typing import cast

from api.commerce.interface import (
    AfterSale,
    AfterSaleKind,
    AfterSaleState,
    Appointment,
    AppointmentState,
    InvoiceState,
    Item,
    Order,
    OrderState,
    Recipient,
    ServiceKey,
    Shipment,
    ShipmentEvent,
    ShipmentState,
)
from api.models import ShopAfterSale, ShopAppointment, ShopOrder, ShopShipment


def order_out(order: ShopOrder) -> Order:
    """An order with everything that belongs to it."""
    return Order(
        number=order.number,
        state=cast(OrderState, order.state),
        placed_at=order.placed_at,
        total_fen=order.total_fen,
        items=tuple(
            Item(item.sku, item.title, item.quantity, item.price_fen) for item in order.items
        ),
        recipient=Recipient(order.recipient_name, order.recipient_phone, order.address),
        shipment=_shipment(order.shipment) if order.shipment else None,
        invoice=cast(InvoiceState, order.invoice.state) if order.invoice else "none",
        refund=_refund(order.after_sales[-1]) if order.after_sales else None,
    )


def appointment_out(row: ShopAppointment) -> Appointment:
    """A visit."""
    return Appointment(
        number=row.number,
        customer_id=str(row.customer_id) if row.customer_id else None,
        service=cast(ServiceKey, row.service),
        address=row.address,
        contact=row.contact,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=cast(AppointmentState, row.state),
    )


def _shipment(row: ShopShipment) -> Shipment:
    last = row.events[-1] if row.events else None
    return Shipment(
        tracking_number=row.tracking_number,
        carrier=row.carrier,
        state=cast(ShipmentState, row.state),
        last_event=ShipmentEvent(last.time, last.place, last.text) if last else None,
        expected_on=row.expected_on,
        pickup_code=row.pickup_code if row.state == "at_pickup_point" else None,
    )


def _refund(row: ShopAfterSale) -> AfterSale:
    return AfterSale(
        number=row.number,
        kind=cast(AfterSaleKind, row.kind),
        state=cast(AfterSaleState, row.state),
        amount_fen=row.amount_fen,
        expected_on=row.expected_on,
    )
