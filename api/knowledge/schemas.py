"""Bodies of the knowledge endpoints."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.conversations.schemas import Labelled


class KnowledgeEntryOut(BaseModel):
    """One entry with all its wordings."""

    key: str
    category: Labelled
    question: str
    answer: str
    questions: list[str]
    task: str | None
    """The task of the bot that does what the entry explains."""
    active: bool
    version: int
    updated_at: datetime


class KnowledgeList(BaseModel):
    """Entries by category and key."""

    items: list[KnowledgeEntryOut]


class KnowledgeChange(BaseModel):
    """What changes; `version`, if given, must be the one that was read."""

    model_config = ConfigDict(str_strip_whitespace=True)

    answer: str = Field(min_length=1, max_length=4000)
    question: str | None = Field(default=None, min_length=1, max_length=200)
    active: bool | None = None
    version: int | None = None


class Lookup(BaseModel):
    """Keys whose answers are wanted."""

    keys: list[str] = Field(max_length=20)


class FoundEntry(BaseModel):
    """An active entry."""

    key: str
    category: str
    question: str
    answer: str
    task: str | None


class LookupResult(BaseModel):
    """Entries in the order of the keys; unknown or inactive ones are left out."""

    entries: list[FoundEntry]
