"""Bodies of the hand-off endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

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
    note: str | None
    created_at: datetime
    packet: HandoffPacket


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
