"""Is a canary worse than the live release? Counts of conversations, looked at again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.trial import SIGNIFICANCE, Rate, Verdict, always_valid, holm

Measure = Literal["handed_off", "rejected", "failed", "dissatisfied"]
MEASURES: tuple[Measure, ...] = ("handed_off", "rejected", "failed", "dissatisfied")


@dataclass(frozen=True, slots=True)
class Tally:
    """Conversations of one track; each counts once, so that they are independent.

    `answered` are those that got an answer from the knowledge base, `rated` those whose customer
    said how it was.
    """

    begun: int = 0
    handed_off: int = 0
    answered: int = 0
    rejected: int = 0
    failed: int = 0
    rated: int = 0
    dissatisfied: int = 0

    def rate(self, measure: Measure) -> Rate:
        """Of the conversations in which it could happen at all, those in which it did."""
        match measure:
            case "rejected":
                return Rate(self.rejected, self.answered)
            case "dissatisfied":
                return Rate(self.dissatisfied, self.rated)
            case "handed_off":
                return Rate(self.handed_off, self.begun)
            case "failed":
                return Rate(self.failed, self.begun)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure on both tracks. All of them are bad: less is better.

    `p` may be looked at after every conversation (`triage.trial.always_valid`), and is corrected
    for there being several measures.
    """

    measure: Measure
    live: Rate
    canary: Rate
    p: float

    @property
    def verdict(self) -> Verdict:
        """Of the canary."""
        if self.p > SIGNIFICANCE or self.live.share == self.canary.share:
            return "unsure"
        return "worse" if self.canary.share > self.live.share else "better"


def compare(live: Tally, canary: Tally) -> list[Comparison]:
    """All measures, in their order."""
    pairs = [(live.rate(measure), canary.rate(measure)) for measure in MEASURES]
    chances = holm([always_valid(before, after) for before, after in pairs])
    return [
        Comparison(measure, before, after, chance)
        for measure, (before, after), chance in zip(MEASURES, pairs, chances, strict=True)
    ]
