"""Tickets as staff and customers see them (docs/architecture.md §3)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from api.attachments.schemas import AttachmentOut
from api.conversations.schemas import CustomerRef, Labelled, PersonRef
from api.deadlines.running import RunningDeadline
from api.models import TicketState
from api.tickets.bodies import TicketKind, TicketRequest
from triage.packet import MessageLabels

__all__ = ["TicketKind", "TicketRequest"]


class TicketResult(BaseModel):
    """What may be promised is an answer by `first_response_due_at`, which is so many minutes on the
    clock after the ticket was opened; `created` is False for a repeat."""

    number: str
    priority: str
    first_response_minutes: int
    first_response_due_at: datetime
    created: bool


class DeadlineOut(BaseModel):
    """One clock of a ticket."""

    kind: str
    title: str
    due_at: datetime | None
    warn_at: datetime | None
    met_at: datetime | None
    breached_at: datetime | None
    paused: bool
    priority: str | None


class TeamRef(BaseModel):
    """A team by id and name."""

    id: UUID
    name: str


class TicketSummary(BaseModel):
    """A line of a list."""

    number: str
    title: str
    kind: str
    source: str
    customer: CustomerRef
    conversation_id: UUID | None
    category: Labelled
    nature: Labelled
    priority: str
    state: TicketState
    assignee: PersonRef | None
    team: TeamRef | None
    tags: list[str]
    repeated: bool
    deadline: RunningDeadline | None
    first_response_due_at: datetime
    resolution_due_at: datetime
    created_at: datetime
    updated_at: datetime
    version: int


class StepOut(BaseModel):
    """One step of a complaint."""

    step: str
    name: str
    due_at: datetime | None
    done_at: datetime | None
    done_by: PersonRef | None
    result: str | None


class NoteOut(BaseModel):
    """A note or answer; `author` is None for the customer, whose text may be `masked`."""

    id: UUID
    author: PersonRef | None
    public: bool
    text: str
    masked: bool
    mentions: list[UUID]
    created_at: datetime


class ItemOut(BaseModel):
    """One thing to do."""

    id: UUID
    text: str
    done_at: datetime | None
    done_by: PersonRef | None


class RelatedTicket(BaseModel):
    """Another ticket, as short as can be."""

    number: str
    title: str
    state: TicketState


class LinkOut(RelatedTicket):
    """A link as seen from here: `duplicated_by` and `causes` are the other ends."""

    kind: Literal["relates", "duplicates", "caused_by", "duplicated_by", "causes"]


class TicketDetail(TicketSummary):
    """One ticket with everything; phone, ID and card numbers in its description are masked."""

    id: UUID
    description: str
    order_number: str | None
    contact_masked: str | None
    impact: int
    urgency: int
    labels: MessageLabels | None
    root_cause: list[str]
    result: str | None
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    deadlines: list[DeadlineOut]
    complaint_steps: list[StepOut]
    notes: list[NoteOut]
    watchers: list[PersonRef]
    checklist: list[ItemOut]
    links: list[LinkOut]
    parent: RelatedTicket | None
    children: list[RelatedTicket]
    merged_into: str | None
    merged: list[str]
    attachments: list[AttachmentOut]
    allowed_states: list[TicketState]
    status_url: str


class TicketCounts(BaseModel):
    """Tickets that are not closed, in each view."""

    mine: int
    team: int
    unassigned: int
    breaching: int
    watching: int
    all: int


class TicketList(BaseModel):
    """A page of tickets, newest first; ask with `next` as `cursor` to go on.

    Only the first page has `counts`.
    """

    items: list[TicketSummary]
    counts: TicketCounts | None
    next: str | None


class HistoryEntry(BaseModel):
    """One entry of the history; `author` is None for the customer and the desk itself."""

    id: UUID
    kind: str
    author: PersonRef | None
    data: dict[str, object]
    created_at: datetime


class History(BaseModel):
    """What happened to a ticket, oldest first."""

    items: list[HistoryEntry]


class TicketTold(BaseModel):
    """What a ticket of a conversation gets from what the customer told; None: nothing was told."""

    order_number: str | None
    contact_masked: str | None


class Revealed(BaseModel):
    """What is masked elsewhere, in full."""

    contact: str | None
    description: str


class RevealedNote(BaseModel):
    """What a customer wrote, in full."""

    text: str


class StatusStep(BaseModel):
    """A step the customer can follow."""

    name: str
    done_at: datetime | None


class StatusAnswer(BaseModel):
    """What was said on the ticket between desk and customer."""

    author: Literal["staff", "customer"]
    text: str
    created_at: datetime


class TicketProgress(BaseModel):
    """A ticket as its customer may see it. `number` is that of the ticket it was merged into."""

    number: str
    title: str
    state: TicketState
    state_name: str
    steps: list[StatusStep]
    created_at: datetime
    first_response_due_at: datetime
    first_response_at: datetime | None
    resolution_due_at: datetime
    result: str | None
    answers: list[StatusAnswer]
