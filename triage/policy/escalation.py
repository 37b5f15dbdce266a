"""Who is told of an alert, and after how long the next one (norms §2, §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from triage.policy.reading import read
from triage.policy.sla import PRIORITIES, Target, targets_of


class Rung(StrEnum):
    """The ladder, lowest first: the agent in charge, the team lead, management."""

    AGENT = "agent"
    LEAD = "lead"
    MANAGEMENT = "management"

    @property
    def above(self) -> Rung | None:
        """The next rung up, None at the top."""
        ladder = list(Rung)
        return next(iter(ladder[ladder.index(self) + 1 :]), None)


class AlertKind(StrEnum):
    """What people are told of."""

    SLA_WARNING = "sla_warning"
    SLA_BREACH = "sla_breach"
    COMPLAINT_UNANSWERED = "complaint_unanswered"
    REPEATED_COMPLAINT = "repeated_complaint"
    BURST = "burst"
    INCIDENT = "incident"
    GRAVE_INCIDENT = "grave_incident"
    QUEUE_STUCK = "queue_stuck"


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """Who hears of each kind first, and how long they have to acknowledge, by priority P1…P4."""

    first: Mapping[AlertKind, tuple[Rung, ...]]
    acknowledge: Mapping[str, Target]
    without_priority: str


@cache
def escalation_policy() -> EscalationPolicy:
    """The default policy."""
    return escalation_of(read("escalation.yml"))


def escalation_of(raw: Mapping[str, Any]) -> EscalationPolicy:
    """A policy of the shape of `escalation.yml`.

    Raises KeyError when nobody is named for a kind of alert, ValueError for other mistakes.
    """
    if raw["without_priority"] not in PRIORITIES:
        raise ValueError(f"no priority: {raw['without_priority']}")
    return EscalationPolicy(
        first={
            kind: tuple(Rung(rung) for rung in raw["alerts"][kind]["first"]) for kind in AlertKind
        },
        acknowledge=targets_of(raw["acknowledge"]),
        without_priority=raw["without_priority"],
    )
