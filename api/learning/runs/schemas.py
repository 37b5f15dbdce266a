"""Bodies of the endpoints of trainings."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.conversations.schemas import PersonRef
from api.models.learning import RunReason, RunState


class Named(BaseModel):
    """A stable key and what it is called."""

    key: str
    name: str


class RunOut(BaseModel):
    """One training. `progress` is 0–1 of the whole; `release` is what came of it."""

    id: UUID
    state: RunState
    reason: RunReason
    step: Named | None
    progress: float
    problem: Named | None
    cancel_asked: bool
    release: int | None
    by: PersonRef | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class RunDetail(RunOut):
    """… with the end of its log."""

    log: str


class RunList(BaseModel):
    """Trainings, newest first, and whether there is anything new to learn from."""

    items: list[RunOut]
    changes: int
    """Lines added or removed and entries changed since the newest training began."""
