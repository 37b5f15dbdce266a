"""When a release may go live, and when one is trained without being asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from triage.policy.reading import minute_of_day, read

When = Literal["off", "daily", "lines"]


@dataclass(frozen=True, slots=True)
class ProtectedPoints:
    """By how many percentage points the recall of a label may fall."""

    human: float
    P1: float
    distress: float

    def of(self, label: str) -> float:
        """The margin of one label; raises AttributeError for one that is not protected."""
        margin: float = getattr(self, label)
        return margin


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """Margins of the gate. Raises ValueError for figures that cannot be."""

    significance: float
    most_points: float
    least_lines: int
    protected_points: ProtectedPoints

    def __post_init__(self) -> None:
        points = self.protected_points
        shares = (self.most_points, points.human, points.P1, points.distress)
        if not 0 < self.significance < 1 or any(not 0 <= share <= 100 for share in shares):
            raise ValueError(f"no such gate: {self}")


@dataclass(frozen=True, slots=True)
class TrainingPolicy:
    """When a release is trained by itself; `daily_at` are minutes since midnight."""

    when: When
    daily_at: int
    new_lines: int

    def __post_init__(self) -> None:
        if self.when not in get_args(When):
            raise ValueError(f"when is one of {', '.join(get_args(When))}, not {self.when!r}")
        if self.new_lines < 1 or not 0 <= self.daily_at < 24 * 60:
            raise ValueError(f"no such policy: {self}")


def gate_of(raw: Mapping[str, Any]) -> GatePolicy:
    """The policy of a file like `gate.yml`; raises KeyError, TypeError and ValueError."""
    return GatePolicy(**{**raw, "protected_points": ProtectedPoints(**raw["protected_points"])})


def training_of(raw: Mapping[str, Any]) -> TrainingPolicy:
    """The policy of a file like `training.yml`; raises KeyError, TypeError and ValueError."""
    return TrainingPolicy(**{**raw, "daily_at": minute_of_day(raw["daily_at"])})


@cache
def gate_policy() -> GatePolicy:
    """The default gate."""
    return gate_of(read("gate.yml"))
