from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.evaluate import calibration_error, reliability
from cli.bench.figures import (
    Guess,
    confusion,
    milliseconds,
    precision_by_coverage,
    scores,
    share,
)

PAIRS = st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1)


def test_nothing_has_no_scores_and_no_share() -> None:
    assert scores([]) == {"rows": 0}
    assert share([]) is None
    assert milliseconds([]) == {"p50": None, "p95": None}


def test_times_are_told_by_median_and_95th_percentile() -> None:
    assert milliseconds([float(n) for n in range(1, 101)]) == {"p50": 50.0, "p95": 95.0}


@given(PAIRS)
def test_the_bins_add_up_to_the_calibration_error(pairs: list[tuple[bool, float]]) -> None:
    hits, sure = [hit for hit, _ in pairs], [value for _, value in pairs]
    bins = reliability(hits, sure)
    assert sum(b.count for b in bins) == len(pairs)
    error = sum(b.count * abs(b.accuracy - b.confidence) for b in bins) / len(pairs)
    assert error == pytest.approx(calibration_error(hits, sure))


@given(PAIRS)
def test_a_curve_ends_with_everything_and_its_accuracy(pairs: list[tuple[bool, float]]) -> None:
    hits, sure = [hit for hit, _ in pairs], [value for _, value in pairs]
    points = precision_by_coverage(hits, sure)
    assert points[-1].coverage == 1.0
    assert points[-1].precision == pytest.approx(sum(hits) / len(hits))
    assert [p.threshold for p in points] == sorted(set(sure), reverse=True)


def test_a_curve_uses_the_surest_first_and_equal_ones_together() -> None:
    points = precision_by_coverage([False, True, True, True], [0.5, 0.9, 0.5, 0.7])
    assert [(p.threshold, p.coverage, p.precision) for p in points] == [
        (0.9, 0.25, 1.0),
        (0.7, 0.5, 1.0),
        (0.5, 1.0, 0.75),
    ]


def test_confusion_is_by_true_row_and_normalised() -> None:
    guesses = [Guess("a", "a", 1), Guess("a", "b", 1), Guess("b", "b", 1)]
    assert confusion(guesses, ["a", "b", "c"]) == [[0.5, 0.5, 0], [0, 1, 0], [0, 0, 0]]
