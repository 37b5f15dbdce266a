"""Canned replies, macros and saved filters as they come in and go out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.conversations.bodies import KnownCategory, Seq, WrapUpForm
from api.tickets.bodies import Priority, Tags, Text, Title, Version

Shortcut = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[\w-]+$")]
"""Letters, digits, Chinese characters, `-` and `_`: what stands behind `/` in the composer."""


class CannedIn(BaseModel):
    """A ready reply. `text` may hold the variables of `api.desk_tools.variables`."""

    shortcut: Shortcut
    title: Title
    text: Text
    category: KnownCategory | None = None
    active: bool = True


class CannedChange(CannedIn):
    """All of a reply anew; `version` is the one that was read."""

    version: Version


class CannedOut(BaseModel):
    """A ready reply."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    shortcut: str
    title: str
    text: str
    category: str | None
    active: bool
    version: int
    updated_at: datetime


class CannedList(BaseModel):
    """Ready replies, the best match first; all on one page. `variables` are those a text may
    hold, with their names."""

    items: list[CannedOut]
    variables: dict[str, str]


class ReadyReply(BaseModel):
    """A ready reply as it would go out now; `missing` are the variables that stand in its text
    as 【…】."""

    shortcut: str
    title: str
    text: str
    missing: list[str]


class ReadyList(BaseModel):
    """Ready replies of a conversation, the best match first; all on one page."""

    items: list[ReadyReply]


class ReplyAction(BaseModel):
    """Answer the customer; variables are filled in."""

    kind: Literal["reply"]
    text: Text


class NoteAction(BaseModel):
    """Write a note among staff; variables are filled in."""

    kind: Literal["note"]
    text: Text


class TagAction(BaseModel):
    """Add tags."""

    kind: Literal["tag"]
    tags: Tags = Field(min_length=1)


class PriorityAction(BaseModel):
    """Set the priority."""

    kind: Literal["priority"]
    priority: Priority


class TransferAction(BaseModel):
    """Pass the conversation on, to a person or to a business line."""

    kind: Literal["transfer"]
    agent_id: UUID | None = None
    skill: KnownCategory | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _to_one(self) -> TransferAction:
        if (self.agent_id is None) == (self.skill is None):
            raise PydanticCustomError("one_target", "to a person or to a skill")
        return self


class ToTicketAction(BaseModel):
    """Open a ticket of the conversation."""

    kind: Literal["to_ticket"]
    title: Title | None = None
    note: Text | None = None


class CloseAction(WrapUpForm):
    """Close the conversation with this form."""

    kind: Literal["close"]


MacroAction = Annotated[
    ReplyAction
    | NoteAction
    | TagAction
    | PriorityAction
    | TransferAction
    | ToTicketAction
    | CloseAction,
    Field(discriminator="kind"),
]
_LAST = ("transfer", "close")
"""After these the conversation is no longer the agent's."""


class MacroIn(BaseModel):
    """Actions that are carried out together, in this order."""

    name: Title
    actions: list[MacroAction] = Field(min_length=1, max_length=10)
    active: bool = True

    @model_validator(mode="after")
    def _can_be_done(self) -> MacroIn:
        kinds = [action.kind for action in self.actions]
        if any(kind in _LAST for kind in kinds[:-1]):
            raise PydanticCustomError("not_last", "what gives the conversation away comes last")
        for kind in ("priority", "to_ticket"):
            if kinds.count(kind) > 1:
                raise PydanticCustomError("twice", "once is enough")
        return self


class MacroChange(MacroIn):
    """All of a macro anew; `version` is the one that was read."""

    version: Version


class MacroOut(BaseModel):
    """A macro."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    actions: list[MacroAction]
    active: bool
    version: int


class MacroList(BaseModel):
    """Macros by name; all on one page."""

    items: list[MacroOut]


class RunMacro(BaseModel):
    """`client_id` is made by the page; sending the same one again changes nothing.

    `after_seq` is the newest message the agent has seen: a macro that answers is held back, all of
    it, if somebody else has spoken since, unless `force` is set.
    """

    client_id: str = Field(min_length=1, max_length=48)
    after_seq: Seq | None = None
    force: bool = False


class MacroDone(BaseModel):
    """What was done, in this order; `repeated` when it had been done before."""

    done: list[str]
    repeated: bool


class ViewFilter(BaseModel):
    """What a list is narrowed to: the parameters of `GET /conversations` or `GET /tickets`."""

    model_config = ConfigDict(extra="forbid")

    view: Annotated[str | None, Field(max_length=20)] = None
    state: Annotated[str | None, Field(max_length=20)] = None
    priority: Priority | None = None
    category: Annotated[str | None, Field(max_length=64)] = None
    nature: Annotated[str | None, Field(max_length=64)] = None
    channel: Annotated[str | None, Field(max_length=64)] = None
    q: Annotated[str | None, Field(max_length=100)] = None
    tag: Annotated[str | None, Field(max_length=64)] = None
    agent_id: UUID | None = None


Place = Literal["inbox", "tickets"]


class SavedViewIn(BaseModel):
    """A filter to keep under a name."""

    place: Place
    name: Title
    filter: ViewFilter


class SavedViewOut(BaseModel):
    """A kept filter: the parameters that were given, and no others."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    place: Place
    name: str
    filter: dict[str, str]


class SavedViewList(BaseModel):
    """One's own filters by name; all on one page."""

    items: list[SavedViewOut]
