"""Rows of `deadline` as the clocks of `triage.sla`, and back."""

from __future__ import annotations

from api.deadlines.targets import FOLLOW_UP, warns
from api.models import Deadline
from api.policies.registry import Policies
from triage import sla
from triage.sla import Clock


def clock_of(row: Deadline) -> Clock:
    """The clock that a row holds."""
    return Clock(
        target_minutes=row.target_minutes,
        clock=row.clock,
        started_at=row.started_at,
        used_seconds=row.used_seconds,
        running_since=row.running_since,
        breached_at=row.breached_at,
        met_at=row.met_at,
    )


def write(row: Deadline, clock: Clock, policies: Policies) -> None:
    """Put `clock` into the row, with the moments that the sweep and the lists go by.

    A breach that the row knows already is never overwritten.
    """
    row.target_minutes, row.clock = clock.target_minutes, clock.clock
    row.used_seconds, row.running_since = clock.used_seconds, clock.running_since
    row.breached_at = row.breached_at or clock.breached_at
    row.met_at = clock.met_at
    row.due_at = sla.clock_due_at(clock, policies.calendar)
    row.warn_at = None
    if warns(row.kind):
        row.warn_at = sla.warn_at(clock, policies.sla.warn_share, policies.calendar)
    look_again(row)


def look_again(row: Deadline) -> None:
    """Set when the sweep must look at the row next: for the warning, then for the breach."""
    row.next_look_at = None
    if row.running_since is None or row.breached_at is not None:
        return
    warning = row.warn_at if row.warned_at is None else None
    row.next_look_at = warning or row.due_at


def is_recomputable(row: Deadline) -> bool:
    """Whether another calendar moves it: business time that runs. A follow-up keeps its window."""
    return not row.clock and row.running_since is not None and row.kind != FOLLOW_UP
