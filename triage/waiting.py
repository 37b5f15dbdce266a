"""The queue: who waits, and whose turn it is (norms §4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from triage.policy.routing import RoutingPolicy

VIP = "vip"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation in the queue.

    `queued_at` is when its wait began: at the hand-off or transfer; for one that an agent lost
    (`triage.watchdog.lost`) when it was first queued.
    """

    id: UUID
    category: str | None
    priority: str
    queued_at: datetime
    tier: str = "standard"
    language: str = "zh"
    channel: str = "web"
    last_agent_id: UUID | None = None
    """Who served this customer last."""
    wanted_agent_id: UUID | None = None
    """The person it was transferred to."""
    wanted_skill: str | None = None
    """The category it was transferred to; counts instead of `category`."""
    excluded: frozenset[UUID] = frozenset()
    """Agents who passed it on, lost or declined it (`triage.routing.left_out`)."""

    @property
    def skill(self) -> str | None:
        """The business line that somebody must know."""
        return self.wanted_skill or self.category

    @property
    def transferred(self) -> bool:
        """Whether somebody said who should have it."""
        return self.wanted_agent_id is not None or self.wanted_skill is not None

    def waited_seconds(self, now: datetime) -> float:
        """Seconds in the queue; 0 when clocks disagree."""
        return max(0.0, (now - self.queued_at).total_seconds())


class Urgency(NamedTuple):
    """Compares as a whole, more is more urgent: nothing passes P1, the rest age in minutes."""

    p1: bool
    minutes: float


def urgency_score(waiting: Waiting, now: datetime, policy: RoutingPolicy) -> Urgency:
    """Minutes waited plus the head start of priority and VIP, so that nobody waits for ever."""
    minutes = waiting.waited_seconds(now) / 60
    if waiting.tier == VIP:
        minutes += policy.order.vip_head_start_minutes
    if waiting.priority == "P1":
        return Urgency(True, minutes)
    return Urgency(False, minutes + policy.order.head_start_minutes[waiting.priority])


def queue_order(waitings: Iterable[Waiting], now: datetime, policy: RoutingPolicy) -> list[Waiting]:
    """The queue, the next one first; equal urgency goes by arrival, then by id."""

    def place(waiting: Waiting) -> tuple[bool, float, datetime, UUID]:
        urgency = urgency_score(waiting, now, policy)
        return (not urgency.p1, -urgency.minutes, waiting.queued_at, waiting.id)

    return sorted(waitings, key=place)
