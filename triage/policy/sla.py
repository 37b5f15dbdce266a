"""Time targets and the service levels made of them (norms §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from triage.policy.reading import read

PRIORITIES = ("P1", "P2", "P3", "P4")


@dataclass(frozen=True, slots=True)
class Target:
    """A time target: `minutes` on the clock or in business time, `working_days`, or both.

    With both the earlier one counts. Raises ValueError for no target and for negative figures.
    """

    minutes: int | None = None
    clock: bool = False
    working_days: int | None = None

    def __post_init__(self) -> None:
        given = [figure for figure in (self.minutes, self.working_days) if figure is not None]
        if not given or min(given) < 0 or self.working_days == 0:
            raise ValueError(f"no time target: {self}")
        if self.clock and self.working_days:
            raise ValueError("working days are never on the clock")


class SlaKind(StrEnum):
    """What a service level is about."""

    CHAT_FIRST_RESPONSE = "chat_first_response"
    TICKET_FIRST_RESPONSE = "ticket_first_response"
    NEXT_RESPONSE = "next_response"
    TICKET_RESOLUTION = "ticket_resolution"


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """Targets by priority key P1…P4, and the share of one (0–1) after which to warn."""

    warn_share: float
    chat_first_response: Mapping[str, Target]
    ticket_first_response: Mapping[str, Target]
    next_response: Mapping[str, Target]
    ticket_resolution: Mapping[str, Target]

    def target(self, kind: SlaKind, priority: str) -> Target:
        """The target of `kind` at `priority`; raises KeyError for an unknown priority."""
        levels: Mapping[SlaKind, Mapping[str, Target]] = {
            SlaKind.CHAT_FIRST_RESPONSE: self.chat_first_response,
            SlaKind.TICKET_FIRST_RESPONSE: self.ticket_first_response,
            SlaKind.NEXT_RESPONSE: self.next_response,
            SlaKind.TICKET_RESOLUTION: self.ticket_resolution,
        }
        return levels[kind][priority]


@cache
def sla_policy() -> SlaPolicy:
    """The default service levels."""
    return sla_of(read("sla.yml"))


def sla_of(raw: Mapping[str, Any]) -> SlaPolicy:
    """Service levels of the shape of `sla.yml`; KeyError, TypeError or ValueError if wrong."""
    levels = {kind.value: targets_of(raw[kind]) for kind in SlaKind}
    if not 0 < raw["warn_share"] < 1:
        raise ValueError("a warning comes between the start and the deadline")
    return SlaPolicy(warn_share=raw["warn_share"], **levels)


def targets_of(raw: Mapping[str, Mapping[str, Any]]) -> dict[str, Target]:
    """A target for each of P1…P4; ValueError if one is missing or another is there."""
    if set(raw) != set(PRIORITIES):
        raise ValueError("a level has a target for each of P1, P2, P3 and P4")
    return {priority: Target(**target) for priority, target in raw.items()}
