"""What each kind of deadline is measured by."""

from __future__ import annotations

from api.policies.registry import Policies
from triage.policy import SlaKind, Target
from triage.policy.complaints import ComplaintStep
from triage.policy.incidents import IncidentStep

COMPLAINT, INCIDENT = "complaint_", "incident_"
UNANSWERED = "complaint_unanswered"
"""Runs beside the steps: management is told when it is missed, nobody is warned before."""
FOLLOW_UP = "follow_up"


def complaint_kind(step: ComplaintStep) -> str:
    """The deadline of a step of a complaint."""
    return f"{COMPLAINT}{step.value}"


def incident_kind(step: IncidentStep) -> str:
    """The deadline of a step of an incident."""
    return f"{INCIDENT}{step.value}"


def target_of(policies: Policies, kind: str, priority: str | None) -> Target:
    """The target of a deadline; without a priority that of P4. Raises ValueError or KeyError for a
    kind there is none of."""
    if kind == UNANSWERED:
        return Target(policies.complaints.unanswered_minutes, clock=True)
    if kind == FOLLOW_UP:
        return Target(working_days=policies.follow_up.last_working_day)
    if kind.startswith(COMPLAINT):
        return policies.complaints.steps[ComplaintStep(kind.removeprefix(COMPLAINT))]
    if kind.startswith(INCIDENT):
        return policies.incidents.steps[IncidentStep(kind.removeprefix(INCIDENT))]
    return policies.sla.target(SlaKind(kind), priority or "P4")


def warns(kind: str) -> bool:
    """Whether somebody is told before such a deadline is missed."""
    return kind != UNANSWERED
