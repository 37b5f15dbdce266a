"""Is one release better than another, or is it chance? Pure statistics of counts.

Two releases are asked the same lines, so their answers are paired: `gained` lines were wrong before
and are right now, `lost` the other way round. Customers of a canary are other people than those of
the live release, so there the two proportions are independent and looked at again and again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

Verdict = Literal["better", "worse", "unsure"]

SIGNIFICANCE = 0.05
"""Chance of a false alarm that is accepted."""
_EFFECT = 0.1
"""Typical difference of two rates (0–1) that the sequential test is made to notice."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Holds the true value with the chosen confidence."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Paired:
    """Lines that two releases were asked: right in both, only now, only before, in neither."""

    both: int
    gained: int
    lost: int
    neither: int

    @property
    def n(self) -> int:
        """All lines."""
        return self.both + self.gained + self.lost + self.neither

    @property
    def before(self) -> float:
        """Share that was right before (0–1); 0 of no lines."""
        return (self.both + self.lost) / self.n if self.n else 0.0

    @property
    def after(self) -> float:
        """Share that is right now (0–1); 0 of no lines."""
        return (self.both + self.gained) / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `n`."""

    hits: int
    n: int

    @property
    def share(self) -> float:
        """0–1; 0 of nothing."""
        return self.hits / self.n if self.n else 0.0


def paired(before: Sequence[bool], after: Sequence[bool]) -> Paired:
    """Count what two releases had right, line for line; raises ValueError for unequal lengths."""
    pairs = list(zip(before, after, strict=True))
    return Paired(
        both=sum(was and now for was, now in pairs),
        gained=sum(now and not was for was, now in pairs),
        lost=sum(was and not now for was, now in pairs),
        neither=sum(not was and not now for was, now in pairs),
    )


def mcnemar(gained: int, lost: int) -> float:
    """Exact two-sided p of McNemar's test: are gains and losses equally likely?

    The binomial test of the discordant pairs against 1/2 (McNemar 1947, Psychometrika 12:153–157;
    exact form: Agresti, Categorical Data Analysis, §10.1.4).
    """
    n = gained + lost
    tail = sum(math.comb(n, k) for k in range(min(gained, lost) + 1))
    chance: float = 2 * tail / 2**n  # whole numbers, however large, until here
    return min(1.0, chance)


def wilson(hits: int, n: int, confidence: float = 0.95) -> Interval:
    """Score interval of a proportion (Wilson 1927, JASA 22:209–212; Newcombe 1998, Statistics in
    Medicine 17:857–872, method 3). Of nothing it is 0–1."""
    if n == 0:
        return Interval(0.0, 1.0)
    z = _quantile(confidence)
    share, wide = hits / n, z * z / n
    middle = (share + wide / 2) / (1 + wide)
    half = z * math.sqrt(share * (1 - share) / n + wide / (4 * n)) / (1 + wide)
    low = max(0.0, middle - half) if hits else 0.0
    high = min(1.0, middle + half) if hits < n else 1.0
    return Interval(low, high)


def paired_difference(pairs: Paired, confidence: float = 0.95) -> Interval:
    """Interval of `after` − `before` for paired lines: Wald's after half a line was added to each
    of the four cells (Agresti & Min 2005, Statistics in Medicine 24:729–740)."""
    z, total = _quantile(confidence), pairs.n + 2
    gained, lost = pairs.gained + 0.5, pairs.lost + 0.5
    difference = (gained - lost) / total
    half = z * math.sqrt(gained + lost - (gained - lost) ** 2 / total) / total
    return Interval(max(-1.0, difference - half), min(1.0, difference + half))


def holm(chances: Sequence[float]) -> list[float]:
    """p of many tests at once, corrected so that one false alarm among all of them is as rare as
    for a single test (Holm 1979, Scandinavian Journal of Statistics 6:65–70)."""
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    corrected = [0.0] * len(chances)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, (len(chances) - rank) * chances[place])
        corrected[place] = min(1.0, highest)
    return corrected


def verdict(pairs: Paired, chance: float, significance: float = SIGNIFICANCE) -> Verdict:
    """What the lines say, by McNemar's p, corrected where many are looked at."""
    if chance > significance or pairs.gained == pairs.lost:
        return "unsure"
    return "better" if pairs.gained > pairs.lost else "worse"


def always_valid(before: Rate, after: Rate, effect: float = _EFFECT) -> float:
    """p of "both rates are the same" that may be looked at after every customer.

    Mixture sequential probability ratio test with a normal mixture of standard deviation `effect`
    (Robbins 1970; Johari, Koomen, Pekelis & Walsh 2017, "Peeking at A/B Tests", KDD, §4): under
    equal rates it ever falls to a or below with a chance of at most a, however often it is looked
    at. The variance is that of the pooled rate with one hit and one miss added, so that the first
    few customers prove nothing.
    """
    if not before.n or not after.n:
        return 1.0
    pooled = (before.hits + after.hits + 1) / (before.n + after.n + 2)
    variance = pooled * (1 - pooled) * (1 / before.n + 1 / after.n)
    mixed = variance + effect**2
    difference = after.share - before.share
    exponent = effect**2 * difference**2 / (2 * variance * mixed)
    return min(1.0, math.exp(-exponent) * math.sqrt(mixed / variance))


def _quantile(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
