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

HiddenPacket = Annotated[HandoffPacket, BeforeValidator(hidden_packet)]
"""Phone, ID and card numbers are hidden, as in the messages."""


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
    packet: HiddenPacket

    def without(self, recalled: set[int], tickets: set[str]) -> HandoffOut:
        """The hop without the words of the messages `recalled` (their `seq`), and without the
        `tickets` of these numbers."""
        lines = tuple(
            replace(line, text="") if line.seq in recalled else line
            for line in self.packet.transcript
        )
        packet = replace(without_tickets(self.packet, tickets), transcript=lines)
        return self.model_copy(update={"packet": packet})


class HandoffList(BaseModel):
    """Hops, first to last, and the packet that a hop at this moment would have.

    `now` has no transcript; it is None while there are no hops.
    """

    items: list[HandoffOut]
    now: HiddenPacket | None


def tickets_of(packet: HandoffPacket) -> set[str]:
    """Numbers of the tickets that a packet tells of."""
    return {ticket.number for ticket in packet.customer.open_tickets}


def without_tickets(packet: HandoffPacket, numbers: set[str]) -> HandoffPacket:
    """The packet without the tickets of these numbers."""
    customer = packet.customer
    left = tuple(each for each in customer.open_tickets if each.number not in numbers)
    return replace(
        packet,
        customer=replace(customer, open_tickets=left),
        deadlines=tuple(each for each in packet.deadlines if each.ticket not in numbers),
    )


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
