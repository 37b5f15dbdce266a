"""The desk's own rules, for those who measure it from outside (`fenzhen bench`)."""

from __future__ import annotations

from triage.decision import wants_person
from triage.policy import handoff_policy
from triage.priority import matrix


def true_priority(impact: int, urgency: int) -> str:
    """The priority of a request that people labelled with `impact` and `urgency` (norms §1)."""
    return matrix(impact, urgency)


def person_wanted(text: str, chance: float | None) -> bool:
    """Whether the worker hands over: `chance` is the classifier's `wants_person`."""
    return wants_person(text, chance, handoff_policy())
