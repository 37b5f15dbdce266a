"""How fast a complaint is handled, and when it counts as repeated (norms §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from triage.policy.reading import read
from triage.policy.sla import Target


class ComplaintStep(StrEnum):
    """受理 → 调查 → 处理 → 反馈, in this order."""

    ACCEPT = "accept"
    INVESTIGATE = "investigate"
    RESOLVE = "resolve"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class ComplaintPolicy:
    """Targets of the steps from when the complaint came in, and what else counts in time."""

    steps: Mapping[ComplaintStep, Target]
    unanswered_minutes: int
    repeated_days: int


@cache
def complaint_policy() -> ComplaintPolicy:
    """The default policy on complaints."""
    return complaints_of(read("complaints.yml"))


def complaints_of(raw: Mapping[str, Any]) -> ComplaintPolicy:
    """A policy of the shape of `complaints.yml`; KeyError when a step has no target."""
    steps = {step: Target(**raw["steps"][step]) for step in ComplaintStep}
    return ComplaintPolicy(**{**raw, "steps": steps})
