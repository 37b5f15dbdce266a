"""What a member of staff was told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator


class Subject(BaseModel):
    """What it is about: a conversation, ticket, incident, follow-up, customer …"""

    kind: str
    id: UUID


class NotificationOut(BaseModel):
    """Something one was told; `data` holds the names and numbers in its text."""

    id: UUID
    kind: str
    text: str
    subject: Subject
    data: dict[str, str]
    created_at: datetime
    read_at: datetime | None


class NotificationList(BaseModel):
    """The newest first; `unread` counts all of them, 100 at most. Ask with `next` as `cursor`."""

    items: list[NotificationOut]
    unread: int
    next: str | None


class Read(BaseModel):
    """Those of `ids`, those about `subject`, or all."""

    ids: Annotated[list[UUID], Field(max_length=200)] = []
    subject: Subject | None = None
    all: bool = False

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if [bool(self.ids), self.subject is not None, self.all].count(True) != 1:
            raise ValueError("one of ids, subject and all")
        return self


class Unread(BaseModel):
    """How many are unread now, 100 at most."""

    unread: int
