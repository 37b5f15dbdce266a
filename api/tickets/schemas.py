"""Bodies of the ticket endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.conversations.schemas import CustomerRef, Labelled
from api.models import TicketState


class TicketOut(BaseModel):
    """One ticket."""

    number: str
    kind: str
    conversation_id: UUID | None
    customer: CustomerRef
    description: str
    order_number: str | None
    contact: str | None
    category: Labelled
    nature: Labelled
    priority: str
    state: TicketState
    created_at: datetime
    first_response_due_at: datetime
    resolution_due_at: datetime


class TicketList(BaseModel):
    """Tickets, newest first."""

    items: list[TicketOut]


TicketKind = Literal["request", "complaint", "repair", "feedback", "call_back", "privacy"]


class TicketRequest(BaseModel):
    """What the bot took down."""

    conversation_id: UUID
    message_id: UUID
    kind: TicketKind
    description: str = Field(min_length=1, max_length=4000)
    order_number: str | None = Field(default=None, max_length=64)
    contact: str | None = Field(default=None, max_length=200)


class TicketResult(BaseModel):
    """`first_response_minutes` is what may be promised; `created` is False for a repeat."""

    number: str
    priority: str
    first_response_minutes: int
    created: bool
