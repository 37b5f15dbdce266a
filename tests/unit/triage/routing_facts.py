"""Short ways to write down who waits and who works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from triage.routing import Agent, Presence
from triage.waiting import Waiting

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def identity(name: str) -> UUID:
    """A stable id for a short name; ids sort like names."""
    return UUID(bytes=name.encode().ljust(16, b"\0"))


def waiting(
    name: str,
    category: str | None = "refund",
    priority: str = "P3",
    *,
    seconds: float = 0,
    tier: str = "standard",
    language: str = "zh",
    channel: str = "web",
    last: str | None = None,
    wanted: str | None = None,
    wanted_skill: str | None = None,
    excluded: Iterable[str] = (),
) -> Waiting:
    """Somebody who has waited for `seconds` at `NOW`; agents by name."""
    return Waiting(
        id=identity(name),
        category=category,
        priority=priority,
        queued_at=NOW - timedelta(seconds=seconds),
        tier=tier,
        language=language,
        channel=channel,
        last_agent_id=identity(last) if last else None,
        wanted_agent_id=identity(wanted) if wanted else None,
        wanted_skill=wanted_skill,
        excluded=frozenset(map(identity, excluded)),
    )


def agent(
    name: str,
    skills: Mapping[str, int] | None = None,
    *,
    load: int = 0,
    capacity: int = 2,
    presence: Presence = Presence.ONLINE,
    languages: Iterable[str] = (),
    channels: Iterable[str] = (),
    idle: float | None = None,
    accepts: bool = True,
) -> Agent:
    """Somebody at work; `idle` seconds since the last assignment."""
    return Agent(
        id=identity(name),
        presence=presence,
        capacity=capacity,
        load=load,
        skills=skills or {},
        languages=frozenset(languages),
        channels=frozenset(channels),
        last_assigned_at=None if idle is None else NOW - timedelta(seconds=idle),
        accepts=accepts,
    )
