"""Statistics of two releases: against published values, and what must always hold."""

from __future__ import annotations

import random
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from triage.trial import (
    Paired,
    Rate,
    always_valid,
    holm,
    mcnemar,
    paired,
    paired_difference,
    verdict,
    wilson,
)

COUNTS = st.integers(0, 60)
PAIRS = st.builds(Paired, COUNTS, COUNTS, COUNTS, COUNTS)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_intervals_of_newcombe_1998(
    hits: int, n: int, low: float, high: float
) -> None:
    found = wilson(hits, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_of_nothing_every_share_is_possible() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    assert Paired(0, 0, 0, 0).before == Rate(0, 0).share == 0.0


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_interval_of_a_share_holds_it(hits: int, misses: int) -> None:
    found = wilson(hits, hits + misses)
    if hits + misses:
        assert 0.0 <= found.low <= hits / (hits + misses) <= found.high <= 1.0


def test_mcnemar_gives_the_p_that_statsmodels_documents() -> None:
    assert mcnemar(59, 121) == pytest.approx(4.434449e-06, rel=1e-6)


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_is_the_binomial_test_of_the_discordant_lines(gained: int, lost: int) -> None:
    if gained + lost == 0:
        assert mcnemar(gained, lost) == 1.0
    else:
        expected = binomtest(gained, gained + lost).pvalue
        assert mcnemar(gained, lost) == pytest.approx(expected, rel=1e-7, abs=1e-15)


def test_mcnemar_of_thousands_of_lines_is_a_number() -> None:
    assert 0.0 <= mcnemar(4_000, 5_000) < 1e-20


def test_the_paired_difference_is_near_agrestis_example() -> None:
    """Approval of a prime minister, Categorical Data Analysis §10.1: −0.04 ± 1.96 × 0.0095."""
    found = paired_difference(Paired(both=794, gained=86, lost=150, neither=570))
    assert found.low == pytest.approx(-0.0587, abs=0.0005)
    assert found.high == pytest.approx(-0.0213, abs=0.0005)


@given(PAIRS)
def test_exchanging_the_releases_turns_the_difference_round(pairs: Paired) -> None:
    there = paired_difference(pairs)
    back = paired_difference(Paired(pairs.both, pairs.lost, pairs.gained, pairs.neither))
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.low <= there.high


@pytest.mark.parametrize(("gain", "loss"), [(0.1, 0.1), (0.2, 0.05), (0.05, 0.02)])
def test_the_paired_difference_holds_the_truth_about_as_often_as_it_says(
    gain: float, loss: float
) -> None:
    n, held = 40, 0.0
    for gained in range(n + 1):
        for lost in range(n + 1 - gained):
            rest = n - gained - lost
            ways = comb(n, gained) * comb(n - gained, lost)
            chance = ways * gain**gained * loss**lost * (1 - gain - loss) ** rest
            found = paired_difference(Paired(rest, gained, lost, 0))
            held += chance * (found.low <= gain - loss <= found.high)
    assert held > 0.93


def test_holm_gives_the_textbook_values() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_keeps_the_order_and_never_lowers(chances: list[float]) -> None:
    corrected = holm(chances)
    assert all(after >= before for before, after in zip(chances, corrected, strict=True))
    assert all(0 <= chance <= 1 for chance in corrected)
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    assert [corrected[place] for place in order] == sorted(corrected)


@given(st.lists(st.tuples(st.booleans(), st.booleans())))
def test_pairs_are_counted_once_each(lines: list[tuple[bool, bool]]) -> None:
    pairs = paired([was for was, _ in lines], [now for _, now in lines])
    assert pairs.n == len(lines)
    assert round(pairs.after * pairs.n) == sum(now for _, now in lines)
    assert round(pairs.before * pairs.n) == sum(was for was, _ in lines)


def test_a_verdict_needs_a_small_p_and_says_which_way() -> None:
    better = Paired(50, 20, 2, 10)
    assert verdict(better, mcnemar(20, 2)) == "better"
    assert verdict(Paired(50, 2, 20, 10), mcnemar(2, 20)) == "worse"
    assert verdict(better, 0.2) == "unsure"
    assert verdict(Paired(5, 0, 0, 5), 0.0) == "unsure"


def test_looking_after_every_customer_raises_few_false_alarms() -> None:
    chance, alarms, trials = random.Random(20_261), 0, 300
    for _ in range(trials):
        before, after = [0, 0], [0, 0]
        for _ in range(1_200):
            group = after if chance.random() < 0.1 else before
            group[0] += chance.random() < 0.3
            group[1] += 1
            if always_valid(Rate(*before), Rate(*after)) <= 0.05:
                alarms += 1
                break
    assert alarms / trials <= 0.05


def test_a_bad_canary_is_noticed_and_a_single_customer_proves_nothing() -> None:
    assert always_valid(Rate(450, 900), Rate(20, 100)) < 0.001
    assert always_valid(Rate(1, 1), Rate(0, 1)) > 0.9
    assert always_valid(Rate(5, 10), Rate(0, 0)) == 1.0


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 50))
def test_the_sequential_p_is_a_p_and_the_same_both_ways(a: int, b: int, c: int, d: int) -> None:
    before, after = Rate(min(a, b), b), Rate(min(c, d), d)
    found = always_valid(before, after)
    assert 0 < found <= 1
    assert found == pytest.approx(always_valid(after, before))
