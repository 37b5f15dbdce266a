"""Bodies of the hand-off endpoints."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.commerce.masking import mask_numbers
from api.conversations.masking import hidden_packet
from triage.packet import HandoffPacket

Reason = Literal[
    "customer_asked", "bot_failed", "answer_rejected", "anger", "p1", "complaint", "policy"
]


class HandoffOut(BaseModel):
    """One hop with its packet as it was."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    conversation_id: UUID
    hop: int
    from_owner: str
    to_owner: str
    reason: str
    note: Annotated[str, BeforeValidator(mask_numbers)] | None
    created_at: datetime
    packet: Annotated[HandoffPacket, BeforeValidator(hidden_packet)]
    """Phone, ID and card numbers are hidden, as in the messages."""

    @property
    def tickets(self) -> set[str]:
        """Numbers of the tickets that the packet tells of."""
        return {ticket.number for ticket in self.packet.customer.open_tickets}

    def without(self, recalled: set[int], tickets: set[str]) -> HandoffOut:
        """The hop without the words of the messages `recalled` (their `seq`), and without the
        `tickets` of these numbers."""
        lines = tuple(
            replace(line, text="") if line.seq in recalled else line
            for line in self.packet.transcript
        )
        customer = self.packet.customer
        left = tuple(each for each in customer.open_tickets if each.number not in tickets)
        packet = replace(
            self.packet,
            transcript=lines,
            customer=replace(customer, open_tickets=left),
            deadlines=tuple(each for each in self.packet.deadlines if each.ticket not in tickets),
        )
        return self.model_copy(update={"packet": packet})


class HandoffList(BaseModel):
    """Hops, first to last."""

    items: list[HandoffOut]


class HandoffRequest(BaseModel):
    """The bot asks for a person."""

    conversation_id: UUID
    message_id: UUID
    reason: Reason
    note: str | None = Field(default=None, max_length=1000)


class HandoffResult(BaseModel):
    """Where the conversation stands now; `created` is False for a repeated request."""

    state: str
    position: int | None
    expected_wait_seconds: int | None
    created: bool
