"""Every figure of the desk's norms is a setting in a YAML file of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class HandoffPolicy:
    """When a conversation goes to a person without being asked (norms §3)."""

    person_from: float
    """A message asks for a person from this probability on …"""
    person_doubt: float
    """… and a plain wording of the wish counts from this one on."""
    anger_confidence: float
    p1_from: float
    """A message is P1 from this probability on."""
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


@dataclass(frozen=True, slots=True)
class IdentityPolicy:
    """How often a proof of identity may be wrong, and how long a right one holds (norms §5)."""

    wrong_tries: int
    wrong_tries_per_order: int
    locked_minutes: int
    valid_minutes: int


@dataclass(frozen=True, slots=True)
class PiecesPolicy:
    """When messages sent one after another are understood together (`triage.pieces`)."""

    wait_seconds: dict[str, float]
    most_pieces: int
    most_characters: int
    whole_sentence: int

    def wait(self, channel: str) -> timedelta:
        """The silence to wait for on `channel`; zero when its messages are never joined."""
        seconds = self.wait_seconds.get(channel, self.wait_seconds.get("other", 0))
        return timedelta(seconds=seconds)


@cache
def pieces_policy() -> PiecesPolicy:
    """The default policy on messages in pieces."""
    return PiecesPolicy(**_read("pieces.yml"))


@cache
def identity_policy() -> IdentityPolicy:
    """The default policy on proofs of identity."""
    return IdentityPolicy(**_read("identity.yml"))


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
