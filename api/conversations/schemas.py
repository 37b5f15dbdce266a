"""Messages and conversations as visitors and staff see them (docs/architecture.md §2, §3)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from api.assistant import Button, Guess
from triage.packet import MessageLabels


class MessageOut(BaseModel):
    """One message. `reply_to` is the customer message a bot reply belongs to."""

    id: UUID
    seq: int
    author: str
    kind: str
    text: str
    buttons: list[Button]
    client_id: str | None
    reply_to: UUID | None
    author_name: str | None
    created_at: datetime


class TurnOut(BaseModel):
    """What the bot made of a customer message."""

    outcome: str | None
    intent: Guess | None
    release: int | None


class StaffMessage(MessageOut):
    """A message with what only staff may see."""

    suppressed: bool
    turn: TurnOut | None
    labels: MessageLabels | None


class StaffMessages(BaseModel):
    """Messages after a `seq`; ask for `next` to go on."""

    messages: list[StaffMessage]
    next: int


class Labelled(BaseModel):
    """A label key with its Chinese name."""

    key: str
    name: str


class PersonRef(BaseModel):
    """Staff by id and name."""

    id: UUID
    display_name: str


class CustomerRef(BaseModel):
    """Customer by id, name and tier."""

    id: UUID
    display_name: str
    tier: str


class LastMessage(BaseModel):
    """Preview of the newest message."""

    author: str
    text: str
    created_at: datetime


class ConversationSummary(BaseModel):
    """A line of a list. `unread` counts customer messages no agent has seen."""

    id: UUID
    state: str
    channel: str
    customer: CustomerRef
    owner: PersonRef | None
    priority: str | None
    category: Labelled | None
    sentiment: str | None
    anger: bool
    last_message: LastMessage | None
    unread: int
    queued_at: datetime | None
    first_response_due_at: datetime | None
    updated_at: datetime


class ConversationDetail(ConversationSummary):
    """One conversation."""

    handoff_count: int
    rating: int | None
    responsible: PersonRef | None
    created_at: datetime
    closed_at: datetime | None


class ViewCounts(BaseModel):
    """Conversations in each view."""

    queue: int
    mine: int
    open: int
    closed: int


class ConversationList(BaseModel):
    """A view and the counts of all views."""

    items: list[ConversationSummary]
    counts: ViewCounts


class AgentText(BaseModel):
    """An agent's reply."""

    text: str = Field(max_length=20_000)
    client_id: str = Field(min_length=1, max_length=64)


class Note(BaseModel):
    """A note for whoever takes over."""

    note: str | None = Field(default=None, max_length=1000)


class ReadUpTo(BaseModel):
    """The newest `seq` that was seen."""

    seq: int = Field(ge=0)
