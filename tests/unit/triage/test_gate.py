"""The gate: what blocks a release, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.gate import decide
from triage.policy.gate import gate_of, gate_policy, training_of
from triage.policy.reading import read
from triage.trial import Paired

POLICY = gate_policy()
SAME = Paired(both=900, gained=5, lost=5, neither=90)
NOTHING: dict[str, Paired] = {}


def codes(parts: dict[str, Paired], protected: dict[str, Paired]) -> list[tuple[str, str]]:
    found = decide(parts, protected, POLICY)
    assert found.passed is (not found.reasons)
    return [(reason.code, reason.subject) for reason in found.reasons]


def test_a_release_that_is_as_good_passes() -> None:
    assert codes({"faq": SAME, "category": SAME}, {"P1": SAME}) == []


def test_a_part_that_is_significantly_worse_blocks_with_its_figures() -> None:
    worse = Paired(both=950, gained=5, lost=25, neither=20)
    (reason,) = decide({"faq": worse, "category": SAME}, NOTHING, POLICY).reasons
    assert (reason.code, reason.subject, reason.n) == ("significantly_worse", "faq", 1000)
    assert (reason.before, reason.after) == (0.975, 0.955)
    assert reason.p < POLICY.significance == reason.limit


def test_many_parts_are_not_each_tested_as_if_it_were_alone() -> None:
    doubtful = Paired(both=900, gained=5, lost=16, neither=79)
    assert codes({"faq": doubtful}, NOTHING) == [("significantly_worse", "faq")]
    others = {f"part{number}": SAME for number in range(9)}
    assert codes({"faq": doubtful, **others}, NOTHING) == []


def test_a_part_that_is_much_worse_blocks_though_it_may_be_chance() -> None:
    large, small = Paired(70, 2, 7, 31), Paired(30, 0, 2, 18)
    assert codes({"human": large}, NOTHING) == [("much_worse", "human")]
    assert codes({"human": small}, NOTHING) == []


def test_a_protected_label_blocks_as_soon_as_it_is_beyond_its_margin() -> None:
    one_lost = Paired(both=4, gained=0, lost=1, neither=0)
    assert codes(NOTHING, {"distress": one_lost}) == [("protected_worse", "distress")]
    within = Paired(both=98, gained=0, lost=1, neither=1)
    assert codes(NOTHING, {"human": within}) == []
    beyond = Paired(both=97, gained=0, lost=2, neither=1)
    assert codes(NOTHING, {"human": beyond}) == [("protected_worse", "human")]


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 200))
def test_nothing_that_is_not_worse_is_blocked(both: int, gained: int, neither: int) -> None:
    pairs = Paired(both, gained, 0, neither)
    assert codes({"faq": pairs}, {"human": pairs}) == []


@pytest.mark.parametrize("empty", [{}, {"faq": Paired(0, 0, 0, 0)}])
def test_releases_of_which_nothing_was_compared_are_not_known_to_be_alike(
    empty: dict[str, Paired],
) -> None:
    found = decide(empty, {"P1": Paired(0, 0, 0, 0)}, POLICY)
    assert not found.passed
    assert [(reason.code, reason.n) for reason in found.reasons] == [("nothing_compared", 0)]
    assert found.unsure == ("P1",)


def test_a_protected_label_without_lines_is_unsure_and_does_not_block() -> None:
    found = decide({"faq": SAME}, {"P1": SAME, "distress": Paired(0, 0, 0, 0)}, POLICY)
    assert (found.passed, found.unsure) == (True, ("distress",))


@pytest.mark.parametrize(
    "change",
    [{"significance": 0}, {"most_points": 101}, {"protected_points": {"human": 1.0}}],
)
def test_a_gate_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        gate_of({**read("gate.yml"), **change})


@pytest.mark.parametrize("change", [{"when": "hourly"}, {"new_lines": 0}, {"daily_at": "24:00"}])
def test_a_schedule_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        training_of({**read("training.yml"), **change})


def test_margins_are_settings() -> None:
    strict = replace(POLICY, most_points=0.0, least_lines=1)
    slightly = Paired(both=90, gained=0, lost=1, neither=9)
    assert decide({"faq": slightly}, NOTHING, POLICY).passed
    assert not decide({"faq": slightly}, NOTHING, strict).passed
