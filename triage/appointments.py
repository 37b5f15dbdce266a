"""Rules of service appointments 预约: which slots are free, and when to remind (norms §5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from triage.policy.aftercare import AppointmentPolicy


@dataclass(frozen=True, slots=True)
class Slot:
    """From `start` to `end`, which belongs to the next slot already.

    Raises ValueError unless it has a length.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a slot ends after it starts: {self.start} to {self.end}")


class SlotProblem(StrEnum):
    """Why a slot cannot be booked."""

    PAST = "past"
    TAKEN = "taken"


class ReminderKind(StrEnum):
    """Which reminder it is."""

    DAY_BEFORE = "day_before"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class Reminder:
    """When to remind the customer (UTC)."""

    kind: ReminderKind
    at: datetime


def overlaps(one: Slot, other: Slot) -> bool:
    """Whether the two share any time; one may start where the other ends."""
    return one.start < other.end and other.start < one.end


def problem_of(slot: Slot, taken: Iterable[Slot], now: datetime) -> SlotProblem | None:
    """Why `slot` cannot be booked at `now` beside those `taken` of the same resource."""
    if slot.start <= now:
        return SlotProblem.PAST
    if any(overlaps(slot, other) for other in taken):
        return SlotProblem.TAKEN
    return None


def reminders(
    starts_at: datetime, now: datetime, policy: AppointmentPolicy, zone: ZoneInfo
) -> tuple[Reminder, ...]:
    """The reminders still to come at `now`, in order; `zone` says which day is the one before."""
    midnight = starts_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    wall = midnight - timedelta(days=1) + timedelta(minutes=policy.remind_day_before_at)
    day_before = wall.astimezone(UTC)
    soon = starts_at.astimezone(UTC) - timedelta(minutes=policy.remind_minutes_before)
    planned = (Reminder(ReminderKind.DAY_BEFORE, day_before), Reminder(ReminderKind.SOON, soon))
    to_come = (each for each in planned if each.at > now)
    return tuple(sorted(to_come, key=lambda each: each.at))
