"""What callers send to pass conversations on and to leave word."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from api.conversations.bodies import ClientId, KnownCategory, Words
from api.ids import new_id


def _none_if_blank(value: object) -> object:
    return (value.strip() or None) if isinstance(value, str) else value


_Note = Annotated[str | None, Field(max_length=1000), BeforeValidator(_none_if_blank)]


class Transfer(BaseModel):
    """To a person or to whoever knows a business line, exactly one; `note` is for them."""

    agent_id: UUID | None = None
    skill: KnownCategory | None = None
    note: _Note = None

    @model_validator(mode="after")
    def _to_one(self) -> Transfer:
        if (self.agent_id is None) == (self.skill is None):
            raise PydanticCustomError("one_target", "to a person or to a skill")
        return self


class ToAgent(BaseModel):
    """A member of staff."""

    agent_id: UUID


class Whisper(BaseModel):
    """A word among staff; the same `client_id` again says it once."""

    text: Words
    client_id: ClientId = Field(default_factory=lambda: str(new_id()))


class LeaveWord(BaseModel):
    """What a waiting customer leaves; without a text the messages so far say what it is about."""

    text: Annotated[str | None, Field(max_length=2000), BeforeValidator(_none_if_blank)] = None
    contact: Annotated[str | None, Field(max_length=100), BeforeValidator(_none_if_blank)] = None
