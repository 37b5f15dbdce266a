"""Bodies of the settings endpoints."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field, JsonValue

from api.conversations.schemas import PersonRef


class SettingOut(BaseModel):
    """A policy. `value` is what holds, in the form of `triage/policy/<key>.yml`, `default` what
    the file says; `version` is 0 while nothing was set."""

    key: str
    value: dict[str, JsonValue]
    default: dict[str, JsonValue]
    version: int
    updated_at: datetime | None
    updated_by: PersonRef | None


class SettingList(BaseModel):
    """All policies."""

    items: list[SettingOut]


class SettingChange(BaseModel):
    """Parts of a policy, each whole; a part that is left out is as in the file again."""

    version: int = Field(ge=0)
    value: dict[str, JsonValue]
