"""May a release go live? What blocks it, with the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from triage.policy.gate import GatePolicy
from triage.trial import Paired, holm, mcnemar

Code = Literal["significantly_worse", "much_worse", "protected_worse", "nothing_compared"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that blocks. `before` and `after` are shares of right lines (0–1), `limit` the
    percentage points that were allowed, or the p below which it counts as worse."""

    code: Code
    subject: str
    """The part (`faq`, `intent`, `category` …) or the protected label; empty for
    `nothing_compared`, whose figures are 0 of 0."""
    n: int
    before: float
    after: float
    p: float
    limit: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Passed when nothing blocks. `unsure`: protected labels of which no line was compared."""

    passed: bool
    reasons: tuple[Reason, ...]
    unsure: tuple[str, ...] = ()


def decide(
    parts: Mapping[str, Paired], protected: Mapping[str, Paired], policy: GatePolicy
) -> Decision:
    """What the gate says of a release, from its lines beside those of the live one.

    `parts` are all lines of each part, `protected` the lines whose true label is the protected one.
    Two releases of which no line was compared are not known to be alike: that blocks.
    """
    if not any(pairs.n for pairs in (*parts.values(), *protected.values())):
        nothing = Reason("nothing_compared", "", 0, 0.0, 0.0, 1.0, 0.0)
        return Decision(False, (nothing,), tuple(protected))
    chances = holm([mcnemar(pairs.gained, pairs.lost) for pairs in parts.values()])
    reasons: list[Reason] = []
    for (part, pairs), chance in zip(parts.items(), chances, strict=True):
        if pairs.lost > pairs.gained and chance <= policy.significance:
            reasons.append(_reason("significantly_worse", part, pairs, chance, policy.significance))
        elif pairs.n >= policy.least_lines and _points(pairs) > policy.most_points:
            reasons.append(_reason("much_worse", part, pairs, chance, policy.most_points))
    for label, pairs in protected.items():
        margin = policy.protected_points.of(label)
        if _points(pairs) > margin:
            chance = mcnemar(pairs.gained, pairs.lost)
            reasons.append(_reason("protected_worse", label, pairs, chance, margin))
    unsure = tuple(label for label, pairs in protected.items() if not pairs.n)
    return Decision(not reasons, tuple(reasons), unsure)


def _points(pairs: Paired) -> float:
    """Percentage points that were lost, free of the dust of floating point."""
    return round(100 * (pairs.lost - pairs.gained) / pairs.n, 9) if pairs.n else 0.0


def _reason(code: Code, subject: str, pairs: Paired, chance: float, limit: float) -> Reason:
    return Reason(code, subject, pairs.n, pairs.before, pairs.after, chance, limit)
