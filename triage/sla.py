"""Deadlines and the clocks that run towards them (norms §2).

A clock counts what the desk has used of its target. It pauses only while the desk waits for the
customer, keeps what was used when the priority changes, and remembers the first breach for good.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from triage.calendar import BusinessCalendar
from triage.policy import Target

_MINUTE = timedelta(minutes=1)


def due_at(start: datetime, target: Target, calendar: BusinessCalendar) -> datetime:
    """The moment `target` is due when its clock starts at `start` and never pauses."""
    moments = []
    if target.minutes is not None:
        length = timedelta(minutes=target.minutes)
        moments.append(_later(start, length, target.clock, calendar))
    if target.working_days is not None:
        moments.append(calendar.add_working_days(start, target.working_days))
    return min(moments)


@dataclass(frozen=True, slots=True)
class Clock:
    """One running deadline, as a table row can hold it; the functions below give the next row.

    It runs from `running_since`, pauses while that is None, and is over once `met_at` is set.
    `used_seconds` is what was used before `running_since`, in the measure (clock or business) that
    held then. `breached_at` is set once and never changed.
    """

    target_minutes: int
    clock: bool
    started_at: datetime
    used_seconds: int = 0
    running_since: datetime | None = None
    breached_at: datetime | None = None
    met_at: datetime | None = None


class Standing(StrEnum):
    """How a clock stands; a breach outweighs everything after it."""

    RUNNING = "running"
    WARNING = "warning"
    PAUSED = "paused"
    BREACHED = "breached"
    MET = "met"


def start(target: Target, at: datetime, calendar: BusinessCalendar) -> Clock:
    """A clock that starts at `at`. Working days become the business minutes they hold then."""
    minutes = _minutes(target, at, calendar)
    return Clock(minutes, target.clock, started_at=at, running_since=at)


def pause(clock: Clock, at: datetime, calendar: BusinessCalendar) -> Clock:
    """The clock stands still from `at`: the desk waits for the customer. Again is harmless."""
    seconds = int(used(clock, at, calendar).total_seconds())
    breached = breached_at(clock, at, calendar)
    return replace(clock, used_seconds=seconds, running_since=None, breached_at=breached)


def resume(clock: Clock, at: datetime) -> Clock:
    """The clock runs on from `at`: the customer answered, or what was over is open again."""
    if clock.running_since is not None:
        return clock
    return replace(clock, running_since=at, met_at=None)


def stop(clock: Clock, at: datetime, calendar: BusinessCalendar) -> Clock:
    """What the clock waited for happened at `at`. Only the first time counts."""
    if clock.met_at is not None:
        return clock
    return replace(pause(clock, at, calendar), met_at=at)


def retarget(clock: Clock, target: Target, at: datetime, calendar: BusinessCalendar) -> Clock:
    """The same clock towards another `target`, as when the priority changes at `at`.

    What was used stays used, so a much nearer target may be missed at once: it is then due at `at`.
    A clock that pauses or is over goes on doing so.
    """
    settled = pause(clock, at, calendar)
    minutes = _minutes(target, clock.started_at, calendar)
    running = None if clock.running_since is None else max(at, clock.running_since)
    return replace(settled, target_minutes=minutes, clock=target.clock, running_since=running)


def used(clock: Clock, now: datetime, calendar: BusinessCalendar) -> timedelta:
    """What the desk has used of the target by `now`."""
    before = timedelta(seconds=clock.used_seconds)
    if clock.running_since is None:
        return before
    return before + _between(clock.running_since, now, clock.clock, calendar)


def clock_due_at(clock: Clock, calendar: BusinessCalendar) -> datetime | None:
    """When the target will be used up; None while the clock pauses or is over."""
    return _reaches(clock, 1.0, calendar)


def warn_at(clock: Clock, share: float, calendar: BusinessCalendar) -> datetime | None:
    """When `share` (0–1) of the target will be used; None while the clock pauses or is over."""
    return _reaches(clock, share, calendar)


def breached_at(clock: Clock, now: datetime, calendar: BusinessCalendar) -> datetime | None:
    """Since when the target is missed, as known at `now`; None while it is not."""
    if clock.breached_at is not None:
        return clock.breached_at
    due = clock_due_at(clock, calendar)
    return due if due is not None and now > due else None


def is_breached(clock: Clock, now: datetime, calendar: BusinessCalendar) -> bool:
    """Whether the target is missed by `now`; the due moment itself is still in time."""
    return breached_at(clock, now, calendar) is not None


def standing(clock: Clock, now: datetime, share: float, calendar: BusinessCalendar) -> Standing:
    """How `clock` stands at `now`, with a warning from `share` (0–1) of the target on."""
    if is_breached(clock, now, calendar):
        return Standing.BREACHED
    if clock.met_at is not None:
        return Standing.MET
    if clock.running_since is None:
        return Standing.PAUSED
    warning = warn_at(clock, share, calendar)
    return Standing.WARNING if warning is not None and now >= warning else Standing.RUNNING


def _reaches(clock: Clock, share: float, calendar: BusinessCalendar) -> datetime | None:
    if clock.running_since is None:
        return None
    left = _target(clock) * share - timedelta(seconds=clock.used_seconds)
    return _later(clock.running_since, max(left, timedelta()), clock.clock, calendar)


def _target(clock: Clock) -> timedelta:
    return timedelta(minutes=clock.target_minutes)


def _minutes(target: Target, at: datetime, calendar: BusinessCalendar) -> int:
    """Whole minutes, rounded down: never later than the working days promise."""
    if target.minutes is not None and target.working_days is None:
        return target.minutes
    return calendar.business_between(at, due_at(at, target, calendar)) // _MINUTE


def _later(start: datetime, length: timedelta, clock: bool, calendar: BusinessCalendar) -> datetime:
    if clock:
        return start.astimezone(UTC) + length
    return calendar.add_business(start, length)


def _between(start: datetime, end: datetime, clock: bool, calendar: BusinessCalendar) -> timedelta:
    if clock:
        return max(end.astimezone(UTC) - start.astimezone(UTC), timedelta())
    return calendar.business_between(start, end)
