"""The queue as supervisors and agents see it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.conversations.schemas import ConversationSummary


class QueueItem(BaseModel):
    """Somebody who waits. `reasons` say in words why they stand where they stand."""

    conversation: ConversationSummary
    position: int
    waited_seconds: int
    expected_wait_seconds: int | None
    reasons: list[str]


class Accuracy(BaseModel):
    """How good recent estimates of the wait were; None without any.

    `within_half` is the share (0–1) of waits that differed by at most half of what was expected.
    """

    mean_error_seconds: float | None
    within_half: float | None
    count: int


class StuckOut(BaseModel):
    """Why the queue does not move: `free_agent` or `no_assignment`."""

    kind: str
    text: str
    conversation_id: UUID


class QueueOut(BaseModel):
    """Everybody who waits, in the order of their turn; at most 200 are listed."""

    items: list[QueueItem]
    count: int
    longest_wait_seconds: int
    accuracy: Accuracy
    watchdog: list[StuckOut]


class WordLeftOut(BaseModel):
    """The ticket that a waiting customer's wait was turned into."""

    ticket_number: str
    first_response_due_at: datetime
    status_url: str
