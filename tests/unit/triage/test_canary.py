"""A canary beside the live release: what counts, and when it is surely worse."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.canary import MEASURES, Tally, compare
from triage.trial import SIGNIFICANCE


def conversations(count: int, bad: float, drawn: random.Random) -> list[bool]:
    return [drawn.random() < bad for _ in range(count)]


def test_each_measure_is_a_share_of_the_conversations_in_which_it_can_happen() -> None:
    tally = Tally(begun=10, handed_off=3, answered=5, rejected=2, failed=1, rated=4, dissatisfied=1)
    found = {name: (tally.rate(name).hits, tally.rate(name).n) for name in MEASURES}
    assert found == {
        "handed_off": (3, 10),
        "rejected": (2, 5),
        "failed": (1, 10),
        "dissatisfied": (1, 4),
    }


def test_nothing_is_said_of_nobody() -> None:
    assert {each.verdict for each in compare(Tally(), Tally())} == {"unsure"}
    assert {each.verdict for each in compare(Tally(begun=50, handed_off=5), Tally())} == {"unsure"}


@pytest.mark.parametrize(
    ("live", "canary", "verdict"),
    [
        (Tally(begun=40, failed=1), Tally(begun=20, failed=20), "worse"),
        (Tally(begun=40, failed=40), Tally(begun=20, failed=1), "better"),
        (Tally(begun=40, failed=10), Tally(begun=20, failed=6), "unsure"),
    ],
)
def test_a_plain_difference_is_seen_and_a_small_one_is_not(
    live: Tally, canary: Tally, verdict: str
) -> None:
    (failed,) = [each for each in compare(live, canary) if each.measure == "failed"]
    assert failed.verdict == verdict


@given(
    st.tuples(st.integers(0, 200), st.integers(0, 200)),
    st.tuples(st.integers(0, 200), st.integers(0, 200)),
)
def test_a_canary_that_is_not_worse_is_never_called_so(
    live: tuple[int, int], canary: tuple[int, int]
) -> None:
    before = Tally(begun=max(live), handed_off=min(live))
    after = Tally(begun=max(canary), handed_off=min(canary))
    for each in compare(before, after):
        if each.canary.share <= each.live.share:
            assert each.verdict != "worse"


def test_looking_after_every_conversation_seldom_stops_a_canary_that_is_as_good() -> None:
    """200 trials of up to 300 conversations a track; the sequential test promises 5 % at most."""
    drawn, alarms = random.Random(11), 0
    for _ in range(200):
        live, canary = conversations(300, 0.2, drawn), conversations(300, 0.2, drawn)
        for seen in range(10, 301, 10):
            before = Tally(begun=seen, handed_off=sum(live[:seen]))
            after = Tally(begun=seen, handed_off=sum(canary[:seen]))
            if any(each.verdict != "unsure" for each in compare(before, after)):
                alarms += 1
                break
    assert alarms <= 200 * SIGNIFICANCE


def test_a_canary_that_is_twice_as_bad_is_stopped_within_300_conversations() -> None:
    drawn, stopped = random.Random(12), 0
    for _ in range(50):
        live, canary = conversations(300, 0.2, drawn), conversations(300, 0.4, drawn)
        before = Tally(begun=300, handed_off=sum(live))
        after = Tally(begun=300, handed_off=sum(canary))
        stopped += any(each.verdict == "worse" for each in compare(before, after))
    assert stopped >= 45
