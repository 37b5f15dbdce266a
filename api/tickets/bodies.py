"""What callers send to the ticket endpoints, and to `open_ticket` from inside the desk."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.conversations.text import tidied
from classifier.labels import LABELS
from triage.tickets import MOST_WHYS, TicketState

TicketKind = Literal["request", "complaint", "repair", "feedback", "call_back", "privacy"]
LinkKind = Literal["relates", "duplicates", "caused_by"]
Priority = Literal["P1", "P2", "P3", "P4"]
Scale = Annotated[int, Field(ge=1, le=4)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


def _visible(text: str) -> str:
    kept = tidied(text)
    if not kept:
        raise PydanticCustomError("empty_text", "nothing visible")
    return kept


def _nature(key: str) -> str:
    if key not in LABELS["nature"]:
        raise PydanticCustomError("unknown_label", "no such label")
    return key


def _each_once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


Title = Annotated[str, Field(max_length=120), AfterValidator(_visible)]
Description = Annotated[str, Field(max_length=4000), AfterValidator(_visible)]
Text = Annotated[str, Field(max_length=2000), AfterValidator(_visible)]
Short = Annotated[str, Field(max_length=200), AfterValidator(_visible)]
Tag = Annotated[str, Field(max_length=30), AfterValidator(_visible)]
Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(_each_once)]
Category = Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
"""Any key: an admin may add categories."""
Nature = Annotated[str, Field(max_length=40), AfterValidator(_nature)]
Whys = Annotated[list[Text], Field(max_length=MOST_WHYS)]
Number = Annotated[str, Field(min_length=1, max_length=32)]


class TicketRequest(BaseModel):
    """What the bot took down."""

    conversation_id: UUID
    message_id: UUID
    kind: TicketKind
    description: str = Field(min_length=1, max_length=4000)
    order_number: str | None = Field(default=None, max_length=64)
    contact: str | None = Field(default=None, max_length=200)


class OrderAndContact(BaseModel):
    """Both come from the conversation where they are left out; `null`: none."""

    order_number: Short | None = None
    contact: Short | None = None


class NewCustomer(BaseModel):
    """Somebody the desk does not know yet, e.g. a caller."""

    display_name: Annotated[str, Field(max_length=40), AfterValidator(_visible)]


class NewTicket(OrderAndContact):
    """A ticket that staff open: for a customer, from a conversation, or for somebody new.

    What is not given comes from the conversation, and is as small as can be without one.
    The same `client_id` again gives the first ticket back.
    """

    customer_id: UUID | None = None
    conversation_id: UUID | None = None
    customer: NewCustomer | None = None
    source: Literal["form", "api"] = "form"
    client_id: str | None = Field(default=None, min_length=1, max_length=64)
    kind: TicketKind
    title: Title | None = None
    description: Description
    category: Category | None = None
    nature: Nature | None = None
    impact: Scale | None = None
    urgency: Scale | None = None
    priority: Priority | None = None
    assignee_id: UUID | None = None
    team_id: UUID | None = None
    tags: Tags = []

    @model_validator(mode="after")
    def _for_one(self) -> NewTicket:
        given = [self.customer_id, self.conversation_id, self.customer]
        if sum(each is not None for each in given) != 1:
            raise PydanticCustomError("one_customer", "for exactly one customer")
        return self


class TicketChange(BaseModel):
    """Fields to change; what is left out stays. `None` empties what may be empty."""

    version: Version
    title: Title | None = None
    description: Description | None = None
    category: Category | None = None
    nature: Nature | None = None
    impact: Scale | None = None
    urgency: Scale | None = None
    priority: Priority | None = None
    order_number: Short | None = None
    contact: Short | None = None
    assignee_id: UUID | None = None
    team_id: UUID | None = None
    tags: Tags | None = None
    root_cause: Whys | None = None
    result: Text | None = None


class StateChange(BaseModel):
    """The wanted state; `force` lets a supervisor close a parent before its children."""

    version: Version
    state: TicketState
    result: Text | None = None
    reason: Text | None = None
    force: bool = False


class NewNote(BaseModel):
    """A note among staff, or with `public` an answer to the customer."""

    text: Text
    public: bool = False
    mentions: list[UUID] = Field(default=[], max_length=20)


class NewItem(BaseModel):
    """One thing to do."""

    text: Short


class ItemChange(BaseModel):
    """Done or not, or other words."""

    done: bool | None = None
    text: Short | None = None


class NewLink(BaseModel):
    """Another ticket, by number, that has to do with this one."""

    other: Number
    kind: LinkKind = "relates"


class NewParent(BaseModel):
    """The ticket this one is a part of, by number; None: it stands alone."""

    number: Number | None


class Merge(BaseModel):
    """The ticket that goes on, by number, and why the two are one."""

    into: Number
    reason: Text


class StepResult(BaseModel):
    """What came of a step."""

    result: Text


class CustomerAnswer(BaseModel):
    """What the customer adds on the status page."""

    text: Text
