"""Why something was said, as it goes out."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.tickets.bodies import Text
from triage.packet import MessageLabels


class Token(BaseModel):
    """A word as the models cut it; `start` and `end` are places in `text`."""

    text: str
    start: int
    end: int


class IntentOut(BaseModel):
    """An intent, its readable title, and how probable it was found, 0–1."""

    name: str
    title: str
    confidence: float


class EntryOut(BaseModel):
    """A knowledge entry; `score` is 0–1, None where none was reckoned."""

    key: str
    question: str
    score: float | None


class EntityOut(BaseModel):
    """Something named in the text; places are None where numbers are hidden before it."""

    entity: str
    title: str
    value: str
    start: int | None
    end: int | None


class RuleOut(BaseModel):
    """A rule that fired. `handoff`: why a person was called (`code`); `priority`: what it follows
    from, or was raised by; `turn`: what else was done with the message."""

    kind: Literal["handoff", "priority", "turn"]
    code: str | None
    text: str


class Explained(BaseModel):
    """What a release made of a text. `intents` begins with the one it went by. `answers` are the
    entries that were given, `suggestions` those that were offered. `outcome` as in a turn; of a
    text that was tried also `intent`: the dialogue of `intents[0]` goes on."""

    text: str
    release: int | None
    tokens: list[Token]
    intents: list[IntentOut]
    faq: list[EntryOut]
    entities: list[EntityOut]
    labels: MessageLabels | None
    answers: list[EntryOut]
    suggestions: list[EntryOut]
    rules: list[RuleOut]
    outcome: str | None


class Why(Explained):
    """… of a message, from what was stored with its turn; the text is masked.

    `pieces` are the messages that were understood together, by their `seq`.
    """

    message_id: UUID
    seq: int
    pieces: list[int]


class Tried(Explained):
    """… of a text that somebody tries. `wants_person`: how probable (0–1) the classifier finds a
    wish for a person; None when it has learned nothing about it."""

    release: int
    wants_person: float | None


class TryIn(BaseModel):
    """A text, and the release to ask; None: the live one."""

    text: Text
    release: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None
