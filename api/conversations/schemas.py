"""Messages and conversations as visitors and staff see them (docs/architecture.md §2, §3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from api.assistant import Button, Guess
from api.attachments.schemas import AttachmentOut
from api.channels.schemas import DeliveryOut, ReachOut, Undelivered
from api.deadlines.running import RunningDeadline
from triage.packet import MessageLabels


class Quote(BaseModel):
    """The message that another one answers to; a recalled one without its words."""

    seq: int
    author: str
    author_name: str | None
    text: str


class MessageOut(BaseModel):
    """One message. `reply_to` is the customer message a bot reply belongs to.

    Of a `recalled` one `text` says that it was taken back, and nothing else is left of it.
    """

    id: UUID
    seq: int
    author: str
    kind: str
    text: str
    buttons: list[Button]
    client_id: str | None
    reply_to: UUID | None
    author_name: str | None
    quote: Quote | None
    attachments: list[AttachmentOut]
    recalled: bool
    created_at: datetime


class Meant(BaseModel):
    """What the bot took a message for: a question of the knowledge base or an intent by its name;
    `confidence` is 0–1."""

    title: str
    confidence: float


class TurnOut(BaseModel):
    """What the bot made of a customer message."""

    outcome: str | None
    intent: Guess | None
    meant: Meant | None
    release: int | None


class StaffMessage(MessageOut):
    """A message with what only staff may see; `private` is a note that customers never see.

    `author_id` is the member of staff who wrote it, None for everybody else.
    `masked`: phone, ID or card numbers in `text` are hidden until somebody asks for them.
    `delivery` is None where the customer's page asks for the message itself.
    """

    author_id: UUID | None
    masked: bool
    suppressed: bool
    private: bool
    mentions: list[UUID]
    turn: TurnOut | None
    labels: MessageLabels | None
    delivery: DeliveryOut | None = None


class StaffMessages(BaseModel):
    """Messages after a `seq`; ask for `next` to go on.

    `recalled` are all messages of the conversation that were taken back: what a page shows of
    them has to go. `undelivered` are all that have not surely reached a customer elsewhere.
    """

    messages: list[StaffMessage]
    next: int
    recalled: list[int]
    undelivered: list[Undelivered] = []


class Labelled(BaseModel):
    """A label key with its Chinese name."""

    key: str
    name: str


class PersonRef(BaseModel):
    """Staff by id and name."""

    id: UUID
    display_name: str

    @classmethod
    def of(cls, staff_id: UUID | None, names: Mapping[UUID, str]) -> Self | None:
        """Who that is, by the names of staff; None where it is nobody."""
        return cls(id=staff_id, display_name=names.get(staff_id, "")) if staff_id else None


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


class Wanted(BaseModel):
    """Whom a waiting conversation was passed on to: a person or a business line."""

    agent: PersonRef | None
    skill: Labelled | None


class ConversationSummary(BaseModel):
    """A line of a list. `unread` counts customer messages no agent has seen.

    `viewers` is how many staff look at it, where that was asked for (the list), else 0.
    """

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
    language: str
    tags: list[str]
    deadline: RunningDeadline | None
    wanted: Wanted | None
    viewers: int = 0
    updated_at: datetime


class ConversationDetail(ConversationSummary):
    """One conversation. `customer_read_seq`: the customer has seen everything up to there."""

    handoff_count: int
    customer_read_seq: int
    rating: int | None
    nps: int | None
    rating_comment: str | None
    responsible: PersonRef | None
    reach: ReachOut | None = None
    """How far the customer can still be written to; None where nothing limits it."""
    created_at: datetime
    closed_at: datetime | None


class ViewCounts(BaseModel):
    """Conversations in each view. Counting stops at 10,000, that of `closed` at 1,000: those
    figures mean "as many or more"."""

    queue: int
    mine: int
    team: int
    unassigned: int
    open: int
    breaching: int
    mentioned: int
    closed: int


class ConversationList(BaseModel):
    """A page of a view and the counts of all views; `next` is the cursor of the next page."""

    items: list[ConversationSummary]
    counts: ViewCounts
    next: str | None


class ViewerOut(BaseModel):
    """Somebody of the staff who looks at a conversation."""

    id: UUID
    display_name: str
    typing: bool


class ViewerList(BaseModel):
    """Who looks at a conversation now."""

    viewers: list[ViewerOut]
