"""Customers and the sessions of web visitors."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id, Moment


class Customer(Base):
    """Somebody who writes to the desk."""

    __tablename__ = "customer"

    id: Mapped[Id]
    display_name: Mapped[str]
    tier: Mapped[str] = mapped_column(default="standard")
    created_at: Mapped[Created]


class VisitorSession(Base):
    """A web visitor's right to one conversation; only the hash of the token is kept."""

    __tablename__ = "visitor_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
