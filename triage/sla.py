"""Deadlines of norms §2. Times run on the clock until the business calendar arrives."""

from __future__ import annotations

from datetime import datetime, timedelta

from triage.policy import Target


def due_at(start: datetime, target: Target) -> datetime:
    """The moment `target` is due when its clock starts at `start` (aware datetime)."""
    return start + timedelta(minutes=target.minutes)


def expected_wait_seconds(position: int, agents_online: int, seconds_each: int) -> int | None:
    """Expected wait of the conversation at 1-based `position`; None when nobody is online."""
    if agents_online < 1:
        return None
    return max(0, position * seconds_each // agents_online)
