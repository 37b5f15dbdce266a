"""Customers, the identities they come by, and the sessions of web visitors."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id, JsonObject, Moment


class Customer(Base):
    """Somebody who writes to the desk."""

    __tablename__ = "customer"
    __table_args__ = (Index("ix_customer_merged_into_id", "merged_into_id"),)

    id: Mapped[Id]
    display_name: Mapped[str]
    tier: Mapped[str] = mapped_column(default="standard")
    """`standard` or `vip`."""
    language: Mapped[str] = mapped_column(default="zh")
    preferences: Mapped[JsonObject] = mapped_column(default=dict)
    """Small facts worth remembering, e.g. how and when they want to be called."""
    sealed: Mapped[bytes | None]
    """Encrypted JSON of phone, e-mail, ID and card number (api.customers.sealing)."""
    masked: Mapped[JsonObject] = mapped_column(default=dict)
    """The same fields as they may be shown."""
    verified_at: Mapped[datetime | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"))
    erased_at: Mapped[datetime | None]
    """When everything that names them was taken out on request (api.customers.erasing)."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]


class CustomerIdentity(Base):
    """One way a customer comes to the desk, e.g. a WeChat openid or an account of the shop."""

    __tablename__ = "customer_identity"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_customer_identity_customer_id", "customer_id"),
    )

    id: Mapped[Id]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    channel: Mapped[str]
    external_id: Mapped[str]
    proof: Mapped[str | None]
    """How it was proved: `order_and_phone`, `channel` or None."""
    verified_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class CustomerMerge(Base):
    """Two records found to be one person; undone by putting `moved` back."""

    __tablename__ = "customer_merge"
    __table_args__ = (Index("ix_customer_merge_target_id", "target_id"),)

    id: Mapped[Id]
    source_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    target_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    proof: Mapped[str]
    reason: Mapped[str]
    moved: Mapped[JsonObject]
    """Ids of what was moved, by table."""
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """None where the customer joined their own channels."""
    created_at: Mapped[Created]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))


class CustomerNote(Base):
    """What staff should know about a customer."""

    __tablename__ = "customer_note"
    __table_args__ = (Index("ix_customer_note_customer_id", "customer_id"),)

    id: Mapped[Id]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str]
    created_at: Mapped[Created]


class VisitorSession(Base):
    """A web visitor's right to one conversation; only the hash of the token is kept."""

    __tablename__ = "visitor_session"
    __table_args__ = (Index("ix_visitor_session_conversation_id", "conversation_id"),)

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    seen_at: Mapped[datetime | None]
    """When the visitor's page was last there, give or take half a minute."""
