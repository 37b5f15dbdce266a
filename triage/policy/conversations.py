"""What agents may do inside a conversation, and for how long."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache

from triage.policy.reading import read


@dataclass(frozen=True, slots=True)
class ConversationPolicy:
    """Taking back messages, wrapping up, being called, and what is over by itself.

    Raises ValueError for a time below 1.
    """

    recall_seconds: int
    wrap_up_minutes: int
    mentioned_days: int
    gone_minutes: int
    idle_hours: int

    def __post_init__(self) -> None:
        if min(asdict(self).values()) < 1:
            raise ValueError(f"times count from 1: {self}")


@cache
def conversation_policy() -> ConversationPolicy:
    """The default policy on conversations."""
    return ConversationPolicy(**read("conversations.yml"))
