"""The desk's own rules, for those who measure it from outside (`fenzhen bench`)."""

from __future__ import annotations

from triage.human_request import asks_for_person
from triage.policy import handoff_policy
from triage.priority import matrix


def true_priority(impact: int, urgency: int) -> str:
    """The priority of a request that people labelled with `impact` and `urgency` (norms §1)."""
    return matrix(impact, urgency)


def asked_plainly(text: str) -> bool:
    """Whether the rule, which also works while the bot is down, hears a wish for a person."""
    return asks_for_person(text)


def person_from() -> float:
    """How probable a wish for a person must be for the classifier alone to decide."""
    return handoff_policy().person_from
