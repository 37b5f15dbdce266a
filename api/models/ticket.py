"""Tickets: requests that outlive a conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Sequence, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id

TicketState = Literal[
    "open", "accepted", "investigating", "processing", "waiting", "resolved", "closed"
]
"""How far a ticket is; a complaint goes 受理 → 调查 → 处理 → 反馈 (norms §2)."""

NUMBERS = Sequence("ticket_number", metadata=Base.metadata)


class Ticket(Base):
    """A request with the four labels of norms §1 and its deadlines."""

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("cause"),
        Index("ix_ticket_customer_id", "customer_id"),
        Index("ix_ticket_conversation_id", "conversation_id"),
    )

    id: Mapped[Id]
    number: Mapped[str]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    cause: Mapped[str]
    """What asked for it, e.g. `<conversation>:<message>:request`."""
    kind: Mapped[str]
    description: Mapped[str]
    order_number: Mapped[str | None]
    contact: Mapped[str | None]
    category: Mapped[str]
    nature: Mapped[str]
    impact: Mapped[int]
    urgency: Mapped[int]
    priority: Mapped[str]
    state: Mapped[TicketState] = mapped_column(Text, default="open")
    first_response_due_at: Mapped[datetime]
    resolution_due_at: Mapped[datetime]
    created_at: Mapped[Created]
