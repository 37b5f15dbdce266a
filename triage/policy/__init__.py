"""Every figure of the desk's norms is a setting in a YAML file of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class HandoffPolicy:
    """When a conversation goes to a person without being asked (norms §3)."""

    anger_confidence: float
    p1_confidence: float
    suggested_answer_score: float
    seconds_per_conversation: int


@dataclass(frozen=True, slots=True)
class Target:
    """A time target: `minutes`, on the clock or (from the calendar work on) in business time."""

    minutes: int
    clock: bool


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """Targets by priority key P1…P4 (norms §2)."""

    chat_first_response: dict[str, Target]
    ticket_first_response: dict[str, Target]
    ticket_resolution: dict[str, Target]


@cache
def handoff_policy() -> HandoffPolicy:
    """The default handoff policy."""
    return HandoffPolicy(**_read("handoff.yml"))


@cache
def sla_policy() -> SlaPolicy:
    """The default service levels."""
    raw = _read("sla.yml")
    return SlaPolicy(
        **{
            name: {priority: Target(**target) for priority, target in targets.items()}
            for name, targets in raw.items()
        }
    )


def _read(name: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded
