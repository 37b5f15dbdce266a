"""Staff, teams and what may be changed of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field

from api.auth.service import LEAST_PASSWORD, Role
from api.conversations.schemas import Labelled, PersonRef
from api.tickets.schemas import TeamRef

Presence = Literal["online", "busy", "break", "offline"]

MailKind = Literal[
    "assigned",
    "transferred",
    "mentioned",
    "ticket_assigned",
    "incident_assigned",
    "step_assigned",
    "watched_changed",
    "sla_warning",
    "sla_breach",
    "alert",
    "whisper",
    "follow_up_due",
]
"""What somebody can be told by e-mail too; the console tells all of it anyway."""


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _none_if_blank(value: object) -> object:
    return _trimmed(value) or None


_Name = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, max_length=64)]
_Username = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$")]
_Password = Annotated[str, Field(min_length=LEAST_PASSWORD, max_length=256)]
_Address = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
_Email = Annotated[_Address | None, BeforeValidator(_none_if_blank)]
_Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
_Codes = Annotated[list[_Code], Field(max_length=20)]


class NotifyBy(BaseModel):
    """How somebody wants to be told (column `staff.notify`)."""

    email: list[MailKind] = []


class SkillOut(BaseModel):
    """How well somebody knows a business line, 1 (a little) to 5 (expert)."""

    category: Labelled
    level: int


class AgentOut(BaseModel):
    """A member of staff. `load` counts the conversations at hand."""

    id: UUID
    username: str
    display_name: str
    role: Role
    active: bool
    team: TeamRef | None
    presence: Presence
    """What was chosen."""
    effective_presence: Presence
    """`offline` without a sign of life, whatever was chosen."""
    presence_since: datetime | None
    capacity: int
    load: int
    skills: list[SkillOut]
    languages: list[str]
    channels: list[str]
    """Channels served; empty means all."""
    email: str | None
    """Shown to supervisors and to its owner."""


class OwnAccount(AgentOut):
    """One's own account."""

    notify: NotifyBy


class AgentList(BaseModel):
    """All staff, by name."""

    items: list[AgentOut]


class SkillIn(BaseModel):
    """A business line and how well it is known."""

    category: _Code
    level: int = Field(ge=1, le=5)


class NewAgent(BaseModel):
    """An account to be made."""

    username: _Username
    display_name: _Name
    role: Role
    password: _Password


class AgentChange(BaseModel):
    """What shall be different; a field that is left out stays as it is."""

    display_name: _Name | None = None
    role: Role | None = None
    active: bool | None = None
    password: _Password | None = None
    """A new one ends all sessions."""
    capacity: int | None = Field(default=None, ge=0, le=50)
    skills: list[SkillIn] | None = Field(default=None, max_length=50)
    languages: _Codes | None = None
    channels: _Codes | None = None
    team_id: UUID | None = None
    """None, when given: no team."""
    email: _Email = None


class OwnChange(BaseModel):
    """What everybody may change of the own account."""

    notify: NotifyBy | None = None
    email: _Email = None


class TeamIn(BaseModel):
    """A team to be made or changed."""

    name: _Name
    lead_id: UUID | None = None


class TeamOut(BaseModel):
    """A team; its lead is told before management is (norms §2)."""

    id: UUID
    name: str
    lead: PersonRef | None
    members: int


class TeamList(BaseModel):
    """All teams, by name."""

    items: list[TeamOut]
