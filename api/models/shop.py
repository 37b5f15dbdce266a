"""Tables of the bundled demo shop. Nothing but `api.commerce.demo*` reads or writes them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Sequence, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.models.base import Base, Created, Id, JsonObject, Moment

REFERENCES = Sequence("shop_reference", metadata=Base.metadata)


class ShopProduct(Base):
    """A product as it is offered today."""

    __tablename__ = "shop_product"

    sku: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    price_fen: Mapped[int]
    returnable: Mapped[bool] = mapped_column(default=True)


class ShopCustomer(Base):
    """Somebody who buys."""

    __tablename__ = "shop_customer"
    __table_args__ = (UniqueConstraint("phone"),)

    id: Mapped[Id]
    name: Mapped[str]
    phone: Mapped[str]
    account_state: Mapped[str] = mapped_column(default="open")
    """`open` or `locked`."""


class ShopOrder(Base):
    """An order; `state` is one of `api.commerce.interface.OrderState`."""

    __tablename__ = "shop_order"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_shop_order_customer_id", "customer_id"),
    )

    id: Mapped[Id]
    number: Mapped[str]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("shop_customer.id"))
    state: Mapped[str]
    placed_at: Mapped[Moment]
    paid_at: Mapped[datetime | None]
    total_fen: Mapped[int]
    recipient_name: Mapped[str]
    recipient_phone: Mapped[str]
    address: Mapped[str]
    price_protected_fen: Mapped[int | None]
    """What was paid back under price protection; None while nothing was claimed."""
    items: Mapped[list[ShopOrderItem]] = relationship(
        order_by="ShopOrderItem.position", cascade="all, delete-orphan", lazy="selectin"
    )
    shipment: Mapped[ShopShipment | None] = relationship(lazy="selectin")
    after_sales: Mapped[list[ShopAfterSale]] = relationship(
        order_by="ShopAfterSale.created_at", lazy="selectin"
    )
    invoice: Mapped[ShopInvoice | None] = relationship(lazy="selectin")


class ShopOrderItem(Base):
    """A line of an order, with the title and price of then."""

    __tablename__ = "shop_order_item"
    __table_args__ = (UniqueConstraint("order_id", "position"),)

    id: Mapped[Id]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("shop_order.id"))
    position: Mapped[int]
    sku: Mapped[str] = mapped_column(ForeignKey("shop_product.sku"))
    title: Mapped[str]
    quantity: Mapped[int]
    price_fen: Mapped[int]
    product: Mapped[ShopProduct] = relationship(lazy="selectin")


class ShopShipment(Base):
    """The parcel of an order."""

    __tablename__ = "shop_shipment"
    __table_args__ = (UniqueConstraint("order_id"), UniqueConstraint("tracking_number"))

    id: Mapped[Id]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("shop_order.id"))
    tracking_number: Mapped[str]
    carrier: Mapped[str]
    state: Mapped[str]
    expected_on: Mapped[date | None]
    delivered_at: Mapped[datetime | None]
    pickup_code: Mapped[str | None]
    events: Mapped[list[ShopShipmentEvent]] = relationship(
        order_by="ShopShipmentEvent.time", lazy="selectin"
    )


class ShopShipmentEvent(Base):
    """Something that happened to a parcel."""

    __tablename__ = "shop_shipment_event"
    __table_args__ = (Index("ix_shop_shipment_event_shipment_id", "shipment_id"),)

    id: Mapped[Id]
    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shop_shipment.id"))
    time: Mapped[Moment]
    place: Mapped[str]
    text: Mapped[str]


class ShopAfterSale(Base):
    """A refund, return or exchange."""

    __tablename__ = "shop_after_sale"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_shop_after_sale_order_id", "order_id"),
    )

    id: Mapped[Id]
    number: Mapped[str]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("shop_order.id"))
    kind: Mapped[str]
    state: Mapped[str]
    amount_fen: Mapped[int]
    reason: Mapped[str]
    skus: Mapped[list[str]] = mapped_column(default=list)
    wanted_spec: Mapped[str | None]
    expected_on: Mapped[date | None]
    created_at: Mapped[Created]


class ShopInvoice(Base):
    """The invoice of an order: `requested` or `issued`."""

    __tablename__ = "shop_invoice"
    __table_args__ = (UniqueConstraint("order_id"),)

    id: Mapped[Id]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("shop_order.id"))
    state: Mapped[str] = mapped_column(default="requested")
    kind: Mapped[str]
    title: Mapped[str]
    tax_number: Mapped[str | None]
    email: Mapped[str]
    created_at: Mapped[Created]


class ShopAppointment(Base):
    """A visit at somebody's home. One team serves a service in a city at a time."""

    __tablename__ = "shop_appointment"
    __table_args__ = (
        UniqueConstraint("number"),
        Index(
            "uq_shop_appointment_slot",
            *("service", "city", "starts_at"),
            unique=True,
            postgresql_where=text("state IN ('booked', 'changed')"),
        ),
        Index("ix_shop_appointment_customer_id", "customer_id"),
    )

    id: Mapped[Id]
    number: Mapped[str]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("shop_customer.id"))
    service: Mapped[str]
    city: Mapped[str]
    address: Mapped[str]
    contact: Mapped[str]
    note: Mapped[str | None]
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(default="booked")
    created_at: Mapped[Created]


class ShopAct(Base):
    """An act the shop has done, by the caller's idempotency key; also the shop's own journal."""

    __tablename__ = "shop_act"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[Id]
    key: Mapped[str]
    act: Mapped[str]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("shop_customer.id"))
    details: Mapped[JsonObject] = mapped_column(default=dict)
    result: Mapped[JsonObject]
    created_at: Mapped[Created]
