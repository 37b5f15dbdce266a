"""Alerts, incidents and follow-ups as staff see them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.conversations.schemas import CustomerRef, Labelled, PersonRef
from triage.policy.incidents import Grade

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]


class SubjectRef(BaseModel):
    """What something is about; `title` is how people call it."""

    kind: str
    id: UUID
    title: str


class AlertOut(BaseModel):
    """An alert. `level` is the highest rung told so far: agent, lead or management."""

    id: UUID
    kind: str
    text: str
    level: str
    subject: SubjectRef
    told: list[PersonRef]
    raised_at: datetime
    acknowledged_by: PersonRef | None
    acknowledged_at: datetime | None
    ended_at: datetime | None


class AlertList(BaseModel):
    """Alerts, the newest first; ask with `next` as `cursor` to go on."""

    items: list[AlertOut]
    next: str | None


class IncidentStepOut(BaseModel):
    """A timed task. `breached` once it is or was late; without an `owner` it is the incident's."""

    step: str
    name: str
    owner: PersonRef | None
    due_at: datetime | None
    done_at: datetime | None
    done_by: PersonRef | None
    result: str | None
    breached: bool


class IncidentOut(BaseModel):
    """An incident. `next_step` is None when only the review is left, or it is closed."""

    id: UUID
    number: str
    title: str
    description: str
    grade: Labelled
    category: Labelled | None
    cause: str
    """`p1`, `burst` or `manual`."""
    conversation_id: UUID | None
    owner: PersonRef | None
    detected_at: datetime
    closed_at: datetime | None
    review: str | None
    next_step: str | None
    steps: list[IncidentStepOut]


class IncidentList(BaseModel):
    """Incidents, the newest first; ask with `next` as `cursor` to go on."""

    items: list[IncidentOut]
    next: str | None


class NewIncident(BaseModel):
    """An incident opened by hand, in a conversation or without one."""

    title: _Line
    description: str = Field(default="", max_length=4000)
    grade: Grade
    category: _Code | None = None
    conversation_id: UUID | None = None


class IncidentChange(BaseModel):
    """What shall be different; a field that is left out stays as it is."""

    title: _Line | None = None
    description: str | None = Field(default=None, max_length=4000)
    grade: Grade | None = None
    category: _Code | None = None
    owner_id: UUID | None = None


class StepChange(BaseModel):
    """Who is in charge of a step; None: whoever has the incident."""

    owner_id: UUID | None


class StepResult(BaseModel):
    """What came of a step."""

    result: Text


class Review(BaseModel):
    """What was learned (复盘); of a false alarm, why it was none."""

    review: Text
    false_alarm: bool = False


class FollowUpOut(BaseModel):
    """A customer to ask again from `not_before` until `due_at`."""

    id: UUID
    customer: CustomerRef
    ticket_number: str | None
    conversation_id: UUID | None
    about: str
    """Title of the ticket, or of the business line of the conversation."""
    owner: PersonRef | None
    not_before: datetime
    due_at: datetime
    overdue: bool
    done_at: datetime | None
    done_by: PersonRef | None
    satisfied: bool | None
    result: str | None


class FollowUpList(BaseModel):
    """Follow-ups, those that are due first come first; done ones newest first."""

    items: list[FollowUpOut]


class FollowUpDone(BaseModel):
    """What the customer said; `satisfied` is None when they could not be reached."""

    satisfied: bool | None
    result: Text
