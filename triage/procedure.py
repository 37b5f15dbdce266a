"""Steps that are done one after another, each in time, by somebody, with a result.

The four steps of a complaint and the timed tasks of an incident are both such procedures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from triage.calendar import BusinessCalendar
from triage.policy import Target
from triage.sla import due_at

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Done(Generic[S]):
    """A step that was done: who, when, and with what result."""

    step: S
    by: UUID
    at: datetime
    result: str


@dataclass(frozen=True, slots=True)
class StepDue(Generic[S]):
    """A step with its deadline, and when it was done (None: not yet)."""

    step: S
    due_at: datetime
    done_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        """Whether it was done, or still is undone at `now`, after its deadline."""
        return (self.done_at or now) > self.due_at


class StepNotAllowed(Exception):
    """Another step comes next; `expected` is None when all are done."""

    def __init__(self, wanted: StrEnum, expected: StrEnum | None) -> None:
        super().__init__(f"{wanted}, but next is {expected}")
        self.wanted = wanted
        self.expected = expected


class ResultMissing(Exception):
    """A step is done only with a result that says something."""


class BeforeLastStep(Exception):
    """A step cannot have been done before the one that precedes it."""


def next_step(order: type[S], done: Sequence[Done[S]]) -> S | None:
    """The step that comes next, None when all are done; steps come in the order of their enum."""
    return next(iter(list(order)[len(done) :]), None)


def record(order: type[S], done: Sequence[Done[S]], new: Done[S]) -> tuple[Done[S], ...]:
    """`done` with the `new` one.

    Raises StepNotAllowed out of order, ResultMissing for a blank result and BeforeLastStep for a
    time before the last step's.
    """
    expected = next_step(order, done)
    if new.step is not expected:
        raise StepNotAllowed(new.step, expected)
    if not new.result.strip():
        raise ResultMissing
    if done and new.at < done[-1].at:
        raise BeforeLastStep
    return (*done, new)


def steps_due(
    targets: Mapping[S, Target],
    begun_at: datetime,
    done: Sequence[Done[S]],
    calendar: BusinessCalendar,
) -> tuple[StepDue[S], ...]:
    """All steps in the order of `targets`, whose deadlines count from `begun_at`."""
    times = {each.step: each.at for each in done}
    return tuple(
        StepDue(step, due_at(begun_at, target, calendar), times.get(step))
        for step, target in targets.items()
    )
