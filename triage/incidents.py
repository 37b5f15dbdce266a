"""Incidents: their grade, their timed steps, and bursts of like messages (norms §2, §6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from triage import procedure
from triage.calendar import BusinessCalendar
from triage.policy.incidents import BurstPolicy, Grade, IncidentPolicy, IncidentStep
from triage.procedure import Done, StepDue

IncidentDone = Done[IncidentStep]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an incident; `danger` is to life, health or property."""

    data_leak: bool = False
    outage: bool = False
    danger: bool = False
    customers_hit: int = 1


@dataclass(frozen=True, slots=True)
class Seen:
    """A customer message as far as bursts go."""

    message_id: UUID
    customer_id: UUID
    category: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Burst:
    """Many customers writing about one category at once; `message_ids` oldest first."""

    category: str
    customers: int
    first_at: datetime
    last_at: datetime
    message_ids: tuple[UUID, ...]


def grade_of(facts: Facts, policy: IncidentPolicy) -> Grade:
    """The gravest grade that a fact or the number of customers hit calls for."""
    called_for = (
        (facts.data_leak, policy.data_leak),
        (facts.outage, policy.outage),
        (facts.danger, policy.danger),
    )
    by_fact = {grade for is_so, grade in called_for if is_so}
    by_number = {
        grade for grade, count in policy.customers_hit.items() if facts.customers_hit >= count
    }
    found = by_fact | by_number
    return next((grade for grade in reversed(Grade) if grade in found), Grade.MINOR)


def goes_to_management(grade: Grade, policy: IncidentPolicy) -> bool:
    """Whether management is told of such an incident at once."""
    return grade.is_at_least(policy.management_from)


def next_step(done: Sequence[IncidentDone]) -> IncidentStep | None:
    """The step that comes next, None after the review."""
    return procedure.next_step(IncidentStep, done)


def record(done: Sequence[IncidentDone], new: IncidentDone) -> tuple[IncidentDone, ...]:
    """`done` with the `new` step; raises what `triage.procedure.record` raises."""
    return procedure.record(IncidentStep, done, new)


def steps_due(
    detected_at: datetime,
    done: Sequence[IncidentDone],
    policy: IncidentPolicy,
    calendar: BusinessCalendar,
) -> tuple[StepDue[IncidentStep], ...]:
    """The seven steps with their deadlines, in order."""
    return procedure.steps_due(policy.steps, detected_at, done, calendar)


def bursts(
    seen: Iterable[Seen], now: datetime, policy: BurstPolicy, usual: Mapping[str, float]
) -> tuple[Burst, ...]:
    """Categories that many different customers wrote about in the window that ends at `now`.

    `usual` is how many customers write about a category in such a window on other days; missing
    ones are taken as 0. The largest burst comes first.
    """
    since = now - timedelta(minutes=policy.window_minutes)
    by_category: dict[str, list[Seen]] = defaultdict(list)
    for each in sorted(seen, key=lambda each: each.at):
        if since < each.at <= now:
            by_category[each.category].append(each)
    found = [_burst(category, messages) for category, messages in by_category.items()]
    many = [
        burst
        for burst in found
        if burst.customers >= policy.customers
        and burst.customers >= policy.times_usual * usual.get(burst.category, 0)
    ]
    return tuple(sorted(many, key=lambda burst: (-burst.customers, burst.category)))


def _burst(category: str, messages: Sequence[Seen]) -> Burst:
    return Burst(
        category=category,
        customers=len({each.customer_id for each in messages}),
        first_at=messages[0].at,
        last_at=messages[-1].at,
        message_ids=tuple(each.message_id for each in messages),
    )
