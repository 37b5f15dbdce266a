"""How incidents are graded and how fast each step follows (norms §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from triage.policy.reading import read
from triage.policy.sla import Target


class Grade(StrEnum):
    """一般, 较大, 重大, 特别重大: from the least to the gravest. Compare with `is_at_least`."""

    MINOR = "minor"
    SERIOUS = "serious"
    MAJOR = "major"
    CRITICAL = "critical"

    def is_at_least(self, other: Grade) -> bool:
        """Whether this grade is as grave as `other` or graver."""
        return _RANK[self] >= _RANK[other]


_RANK = {grade: rank for rank, grade in enumerate(Grade)}


class IncidentStep(StrEnum):
    """The timed tasks of an incident, in this order; the last is 复盘."""

    RESPONSE = "response"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    REPORT = "report"
    INVESTIGATION = "investigation"
    WRITTEN_REPORT = "written_report"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class BurstPolicy:
    """When many like messages are a burst: different customers within a window."""

    window_minutes: int
    customers: int
    times_usual: float


@dataclass(frozen=True, slots=True)
class IncidentPolicy:
    """Grades by fact and by customers hit, and targets of the steps from detection on.

    Raises ValueError when a data leak or an outage would be less than major.
    """

    data_leak: Grade
    outage: Grade
    danger: Grade
    customers_hit: Mapping[Grade, int]
    management_from: Grade
    steps: Mapping[IncidentStep, Target]
    burst: BurstPolicy

    def __post_init__(self) -> None:
        if not all(grade.is_at_least(Grade.MAJOR) for grade in (self.data_leak, self.outage)):
            raise ValueError("a data leak or an outage is major at least (norms §2)")


@cache
def incident_policy() -> IncidentPolicy:
    """The default policy on incidents."""
    return incidents_of(read("incidents.yml"))


def incidents_of(raw: Mapping[str, Any]) -> IncidentPolicy:
    """A policy of the shape of `incidents.yml`; KeyError when a step has no target."""
    grades = raw["grades"]
    return IncidentPolicy(
        **{fact: Grade(grade) for fact, grade in grades["facts"].items()},
        customers_hit={Grade(key): count for key, count in grades["customers_hit"].items()},
        management_from=Grade(raw["management_from"]),
        steps={step: Target(**raw["steps"][step]) for step in IncidentStep},
        burst=BurstPolicy(**raw["burst"]),
    )
