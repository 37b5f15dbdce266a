"""Every figure of the desk's norms is a setting in a YAML file of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from triage.policy.reading import read
from triage.policy.sla import SlaKind, SlaPolicy, Target, sla_policy

__all__ = [
    "HandoffPolicy",
    "IdentityPolicy",
    "LabelPolicy",
    "PiecesPolicy",
    "SlaKind",
    "SlaPolicy",
    "Target",
    "handoff_policy",
    "identity_policy",
    "label_policy",
    "pieces_policy",
    "sla_policy",
]


@dataclass(frozen=True, slots=True)
class HandoffPolicy:
    """When a conversation goes to a person without being asked (norms §3)."""

    person_from: float
    """A message asks for a person from this probability on …"""
    person_doubt: float
    """… and a plain wording of the wish counts from this one on."""
    anger_confidence: float
    p1_confidence: float
    suggested_answer_score: float


@dataclass(frozen=True, slots=True)
class LabelPolicy:
    """From how sure a guess on a message becomes its label (norms §1)."""

    p1_from: float
    """A message is P1 from this probability on."""
    vote_from: float
    """… and has a say in category and nature of its matter from this one on (`triage.matter`)."""


@dataclass(frozen=True, slots=True)
class IdentityPolicy:
    """How often a proof of identity may be wrong, and how long a right one holds (norms §5)."""

    wrong_tries: int
    wrong_tries_per_order: int
    order_window_hours: int
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
    return PiecesPolicy(**read("pieces.yml"))


@cache
def identity_policy() -> IdentityPolicy:
    """The default policy on proofs of identity."""
    return IdentityPolicy(**read("identity.yml"))


@cache
def handoff_policy() -> HandoffPolicy:
    """The default handoff policy."""
    return HandoffPolicy(**read("handoff.yml"))


@cache
def label_policy() -> LabelPolicy:
    """The policy on labels; it goes with the models and is no setting."""
    return LabelPolicy(**read("labels.yml"))
