"""What is worth a look, and how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from triage.policy.reading import read


@dataclass(frozen=True, slots=True)
class Weights:
    """What each reason is worth by itself, 0–1 (exclusive)."""

    rejected: float
    corrected: float
    refused: float
    handed_off: float
    unknown: float
    cluster: float
    releases_differ: float
    taken: float
    models_differ: float
    unsure: float


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """Figures of the review queue. Raises ValueError for figures that cannot be."""

    weights: Weights
    sure: float
    often: float
    often_half: float
    least: float
    handoff_minutes: float

    def __post_init__(self) -> None:
        shares = (*asdict(self.weights).values(), self.often, self.least)
        if any(not 0 < share < 1 for share in shares):
            raise ValueError(f"shares are between 0 and 1: {self}")
        if not 0 < self.sure <= 1 or self.often_half <= 0 or self.handoff_minutes <= 0:
            raise ValueError(f"no such review: {self}")


def review_of(raw: Mapping[str, Any]) -> ReviewPolicy:
    """The policy of a file like `review.yml`; raises KeyError, TypeError and ValueError."""
    return ReviewPolicy(**{**raw, "weights": Weights(**raw["weights"])})


@cache
def review_policy() -> ReviewPolicy:
    """The figures of the review queue; no setting, since they only order it."""
    return review_of(read("review.yml"))
