"""How much a look at a message is worth to those who teach the bot.

Reasons are joined as independent chances that something can be learned (noisy-or, Pearl 1988,
§4.3.2): one more reason always raises the value, and it never passes 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from triage.policy.review import ReviewPolicy

Reason = Literal[
    "rejected",
    "corrected",
    "refused",
    "handed_off",
    "unknown",
    "cluster",
    "releases_differ",
    "taken",
    "models_differ",
    "unsure",
    "often",
]
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one message and of what came after it."""

    confidence: float | None = None
    """How sure the bot was of what it did, 0–1; None when it was not asked."""
    unknown: bool = False
    """Nothing was understood."""
    taken: bool = False
    """A suggestion was chosen."""
    refused: bool = False
    """None of the suggestions was meant."""
    rejected: bool = False
    """The answer did not help."""
    handed_off: bool = False
    """A person was needed after it."""
    corrected: bool = False
    """A person corrected its labels."""
    models_differ: bool = False
    """Bot and classifier see different subjects."""
    releases_differ: bool = False
    """The release on trial would do something else than the live one."""
    cluster: bool = False
    """It is one of several unknown questions about one thing."""
    alike: int = 0
    """Other messages like it that wait for a look."""


@dataclass(frozen=True, slots=True)
class Worth:
    """The value, 0–1, and what it comes from, the weightiest first."""

    value: float
    reasons: tuple[Reason, ...]


NOTHING = Worth(0.0, ())


def worth(facts: Facts, policy: ReviewPolicy) -> Worth:
    """How much a look is worth. How often alike messages come counts only beside another reason."""
    weights = policy.weights
    parts: dict[Reason, float] = {
        "rejected": weights.rejected * facts.rejected,
        "corrected": weights.corrected * facts.corrected,
        "refused": weights.refused * facts.refused,
        "handed_off": weights.handed_off * facts.handed_off,
        "unknown": weights.unknown * facts.unknown,
        "cluster": weights.cluster * facts.cluster,
        "releases_differ": weights.releases_differ * facts.releases_differ,
        "taken": weights.taken * facts.taken,
        "models_differ": weights.models_differ * facts.models_differ,
        "unsure": weights.unsure * _doubt(facts.confidence, policy.sure),
    }
    if not any(parts.values()):
        return NOTHING
    parts["often"] = policy.often * facts.alike / (facts.alike + policy.often_half)
    missing = 1.0
    for part in parts.values():
        missing *= 1 - part
    counted = sorted((name for name in parts if parts[name]), key=lambda name: -parts[name])
    return Worth(1 - missing, tuple(counted))


def _doubt(confidence: float | None, sure: float) -> float:
    """1 at confidence 0, falling to 0 at `sure`."""
    return max(0.0, 1 - confidence / sure) if confidence is not None else 0.0
