"""What the wall shows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.agents.schemas import AgentOut
from api.deadlines.schemas import SubjectRef


class WallQueue(BaseModel):
    """Who waits; counts by P1…P4 and by business line."""

    count: int
    longest_wait_seconds: int
    by_priority: dict[str, int]
    by_category: dict[str, int]


class Held(BaseModel):
    """A conversation at somebody's hand."""

    id: UUID
    customer: str
    priority: str | None
    since: datetime


class WallAgent(AgentOut):
    """An agent with what they do now and have done today."""

    current: list[Held]
    handled_today: int


class WallDeadline(BaseModel):
    """A deadline that was missed or is about to be."""

    kind: str
    title: str
    subject: SubjectRef
    priority: str | None
    due_at: datetime | None
    breached_at: datetime | None


class Attainment(BaseModel):
    """First responses that were due or given today, and how many of them in time."""

    met: int
    total: int


class Satisfaction(BaseModel):
    """Today's ratings (CSAT 1–5); `average` is None without any."""

    average: float | None
    count: int


class Today(BaseModel):
    """Figures since midnight of the desk's calendar."""

    handoffs: int
    first_response_p50_seconds: float | None
    sla: dict[str, Attainment]
    csat: Satisfaction
    abandoned: int
    """Customers who left the queue without an agent or a ticket."""


class WallOut(BaseModel):
    """The wall at one moment; at most 50 deadlines of each kind."""

    queue: WallQueue
    agents: list[WallAgent]
    breaches: list[WallDeadline]
    breaching: list[WallDeadline]
    today: Today
