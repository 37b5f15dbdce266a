"""What keeps a queue moving: finding one that is stuck, and what goes back to it.

Pure functions on what was read at one moment; look for a stuck queue after assigning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from triage.policy.routing import RoutingPolicy
from triage.routing import Agent, eligible, longest_hold_seconds
from triage.waiting import Waiting, queue_order


class Stuck(StrEnum):
    """Why a queue counts as stuck."""

    FREE_AGENT = "free_agent"
    """Somebody waits beyond all patience although an agent could take it."""
    NO_ASSIGNMENT = "no_assignment"
    """People wait and agents are at work, but nobody has been given to any for long."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A stuck queue: who waits longest because of it, how long, and (`FREE_AGENT`) beside whom."""

    kind: Stuck
    waiting_id: UUID
    seconds: float
    agent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """An active conversation of an agent; `queued_at` is None when it never was in the queue."""

    id: UUID
    agent_id: UUID
    owned_since: datetime
    queued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Requeue:
    """Back into the queue, at the place it would have had: `queued_at` is the first queueing."""

    id: UUID
    lost_by: UUID
    queued_at: datetime


def watch(
    waitings: Sequence[Waiting],
    agents: Sequence[Agent],
    last_assignment_at: datetime | None,
    now: datetime,
    policy: RoutingPolicy,
) -> list[Finding]:
    """What is wrong with the queue, if anything; most urgent first."""
    findings = [
        Finding(Stuck.FREE_AGENT, waiting.id, waiting.waited_seconds(now), agent.id)
        for waiting in queue_order(waitings, now, policy)
        if (agent := _beside(waiting, agents, now, policy)) is not None
    ]
    longest = min(waitings, key=lambda waiting: waiting.queued_at, default=None)
    if longest is None or not any(agent.at_work for agent in agents):
        return findings
    since = max(longest.queued_at, last_assignment_at or longest.queued_at)
    still = (now - since).total_seconds()
    if still >= policy.watchdog.no_assignment_seconds:
        findings.append(Finding(Stuck.NO_ASSIGNMENT, longest.id, still))
    return findings


def lost(
    held: Iterable[Held],
    last_seen: Mapping[UUID, datetime | None],
    now: datetime,
    policy: RoutingPolicy,
) -> list[Requeue]:
    """Conversations of agents without a sign of life for too long; the earliest queued first.

    `last_seen` by agent; one without an entry or with None is gone for good. A conversation keeps
    the time of its first queueing, which puts it before those of its priority who came later.
    """
    dead = now - timedelta(seconds=policy.lost_connection_seconds)
    gone = [
        Requeue(item.id, item.agent_id, item.queued_at or item.owned_since)
        for item in held
        if (seen := last_seen.get(item.agent_id)) is None or seen <= dead
    ]
    return sorted(gone, key=lambda item: (item.queued_at, item.id))


def _beside(
    waiting: Waiting, agents: Sequence[Agent], now: datetime, policy: RoutingPolicy
) -> Agent | None:
    limit = longest_hold_seconds(waiting, policy.skill) + policy.watchdog.stuck_seconds
    if waiting.waited_seconds(now) < limit:
        return None
    return next((agent for agent in agents if eligible(agent, waiting)), None)
