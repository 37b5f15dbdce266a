"""What callers send to the conversation endpoints."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.tickets.bodies import (
    Description,
    Nature,
    OrderAndContact,
    Priority,
    Tags,
    Text,
    Title,
)
from classifier.labels import LABELS

Words = Annotated[str, Field(max_length=20_000)]
"""Cut to size by `conversations.text.clean`, which knows what to tell the writer."""
ClientId = Annotated[str, Field(min_length=1, max_length=64)]
"""Made by the page; sending the same one again changes nothing."""
Seq = Annotated[int, Field(ge=0, le=2**31 - 1)]
Result = Literal["resolved", "ticket", "unresolved", "no_reply"]


def _category(key: str) -> str:
    if key not in LABELS["category"]:
        raise PydanticCustomError("unknown_label", "no such label")
    return key


KnownCategory = Annotated[str, Field(max_length=40), AfterValidator(_category)]


class AgentText(BaseModel):
    """An agent's reply.

    `after_seq` is the newest message its writer has seen: if somebody else has spoken since, the
    reply is held back, unless `force` is set. `quote_of` is the id of a message of the same
    conversation that the customer can see. `text` may be empty beside files.
    """

    text: Words
    client_id: ClientId
    after_seq: Seq | None = None
    force: bool = False
    quote_of: UUID | None = None
    attachment_ids: list[UUID] = Field(default=[], max_length=10)


class NewNote(BaseModel):
    """A note among staff; `mentions` are called to it."""

    text: Words
    mentions: list[UUID] = Field(default=[], max_length=20)
    client_id: ClientId


class Note(BaseModel):
    """A note for whoever takes over."""

    note: str | None = Field(default=None, max_length=1000)


class ReadUpTo(BaseModel):
    """The newest `seq` that was seen."""

    seq: int = Field(ge=0)


class Looking(BaseModel):
    """Whether who looks is typing, too."""

    typing: bool = False


class NewTags(BaseModel):
    """All tags, in this order."""

    tags: Tags


class LabelChange(BaseModel):
    """Labels put right; what is left out stays. `reason` goes into the audit log."""

    category: KnownCategory | None = None
    nature: Nature | None = None
    priority: Priority | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> LabelChange:
        if self.category is None and self.nature is None and self.priority is None:
            raise PydanticCustomError("nothing_given", "at least one label")
        return self


class WrapUpForm(BaseModel):
    """What is written down when a conversation is over.

    `category` confirms the label or puts it right. `follow_up` has the customer asked again some
    working days later (回访).
    """

    result: Result
    root_cause: Text | None = None
    category: KnownCategory | None = None
    note: Text | None = None
    follow_up: bool = False


class TicketFromConversation(OrderAndContact):
    """A ticket of the conversation; what is not given comes from what the customer wrote.

    `note` is for whoever works on it.
    """

    title: Title | None = None
    description: Description | None = None
    note: Text | None = None
