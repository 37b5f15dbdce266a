"""Bodies of the visitor API (docs/architecture.md §2)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from api.conversations.schemas import MessageOut

ClientId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]
Text = Annotated[str, Field(max_length=60_000)]
"""Cut to size by `conversations.text.clean`, which knows what to tell the customer."""


class NewSession(BaseModel):
    """What a visitor may say about themselves."""

    display_name: str | None = Field(default=None, max_length=40)


class VisitorSessionOut(BaseModel):
    """The token goes into `Authorization: Bearer` or the first WebSocket frame."""

    token: str
    conversation_id: UUID


class NewMessage(BaseModel):
    """`client_id` is made by the client; sending the same one again changes nothing.

    `text` may be empty beside files, which are sent up before.
    """

    text: Text
    client_id: ClientId
    attachment_ids: list[UUID] = Field(default=[], max_length=10)


class JoinCodeOut(BaseModel):
    """Written on another channel until `expires_at`, it joins that channel with this page."""

    code: str
    expires_at: datetime


class MessageAccepted(BaseModel):
    """The message is stored."""

    id: UUID
    seq: int
    client_id: str
    duplicate: bool


class VisitorConversation(BaseModel):
    """What the customer may know about the conversation."""

    id: UUID
    state: str
    agent_name: str | None
    queue_position: int | None
    expected_wait_seconds: int | None
    opens_at: datetime | None
    """When people are back, for who waits out of hours."""
    agent_read_seq: int
    rating: int | None
    nps: int | None
    rated: bool
    """Whether the survey was answered; it is asked once, after the end."""
    rateable: bool
    """Whether to ask it now: it has ended, and an agent or the bot has answered something."""
    wechat_accounts: list[str]
    """Names of the accounts at which the conversation can be gone on with by a join code; none
    once it was joined."""
    joined: bool
    """Whether WeChat leads here too: a join code was used, and what is said there is shown here."""


class VisitorMessages(BaseModel):
    """Messages after a `seq`; `pending` are the visitor's own whose turn is not over.

    `recalled` are all messages that staff took back: what a page shows of them has to go.
    """

    messages: list[MessageOut]
    next: int
    recalled: list[int]
    conversation: VisitorConversation
    pending: list[UUID]


class Rating(BaseModel):
    """The survey: satisfaction (CSAT) 1–5, would recommend (NPS) 0–10, or both; and free text."""

    score: int | None = Field(default=None, ge=1, le=5)
    nps: int | None = Field(default=None, ge=0, le=10)
    comment: str | None = Field(default=None, max_length=1000)

    @model_validator(mode="after")
    def _something(self) -> Rating:
        if self.score is None and self.nps is None:
            raise PydanticCustomError("nothing_given", "a score, a recommendation, or both")
        return self


class AuthFrame(BaseModel):
    """First frame: who, and from which `seq` on."""

    type: Literal["auth"]
    token: str = Field(max_length=200)
    after: int = Field(default=0, ge=0, le=2**31 - 1)


class MessageFrame(NewMessage):
    """A customer message."""

    type: Literal["message"]


class SeenUpTo(BaseModel):
    """The customer has seen everything up to `seq`."""

    seq: int = Field(ge=0, le=2**31 - 1)


class ReadFrame(SeenUpTo):
    """The same as a frame."""

    type: Literal["read"]


class SignalFrame(BaseModel):
    """A frame without content."""

    type: Literal["typing", "ping"]


Frame = Annotated[MessageFrame | ReadFrame | SignalFrame, Field(discriminator="type")]
FRAME: TypeAdapter[MessageFrame | ReadFrame | SignalFrame] = TypeAdapter(Frame)
