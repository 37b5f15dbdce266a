"""Complaints: 受理 → 调查 → 处理 → 反馈 in time, and complaints that repeat (norms §2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from triage import procedure
from triage.calendar import BusinessCalendar
from triage.policy.complaints import ComplaintPolicy, ComplaintStep
from triage.procedure import Done, StepDue

ComplaintDone = Done[ComplaintStep]


@dataclass(frozen=True, slots=True)
class Filed:
    """A complaint as far as repetition goes."""

    id: UUID
    customer_id: UUID
    category: str
    at: datetime


def record(done: Sequence[ComplaintDone], new: ComplaintDone) -> tuple[ComplaintDone, ...]:
    """`done` with the `new` step; raises what `triage.procedure.record` raises."""
    return procedure.record(ComplaintStep, done, new)


def steps_due(
    received_at: datetime,
    done: Sequence[ComplaintDone],
    policy: ComplaintPolicy,
    calendar: BusinessCalendar,
) -> tuple[StepDue[ComplaintStep], ...]:
    """The four steps with their deadlines, in order."""
    return procedure.steps_due(policy.steps, received_at, done, calendar)


def repeats(new: Filed, earlier: Iterable[Filed], policy: ComplaintPolicy) -> tuple[Filed, ...]:
    """The complaints that `new` repeats, oldest first: same customer and category, within days."""
    since = new.at - timedelta(days=policy.repeated_days)
    found = (
        each
        for each in earlier
        if each.id != new.id
        and (each.customer_id, each.category) == (new.customer_id, new.category)
        and since <= each.at <= new.at
    )
    return tuple(sorted(found, key=lambda each: each.at))
