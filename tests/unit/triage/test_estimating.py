"""How long a waiting customer has to wait: two lines, what was learned, and how good it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.triage.routing_facts import agent, identity, waiting
from triage.estimating import (
    Estimator,
    WaitRecord,
    accuracy,
    correction,
    mean_handling_seconds,
)
from triage.policy.routing import routing_policy
from triage.routing import Agent, Presence
from triage.waiting import Waiting

POLICY = routing_policy()
WAIT = POLICY.wait
ANYBODY = POLICY.skill.anybody_after_seconds
BY_HEART = Estimator(480, POLICY.skill)


def waits(order: Sequence[Waiting], team: Sequence[Agent]) -> list[float | None]:
    found = BY_HEART.plain(order, team)
    return [found[each.id] for each in order]


def generalists(hands: int, free: int) -> list[Agent]:
    """One agent with so many hands."""
    return [agent("a", capacity=hands, load=hands - free)]


def line(count: int, category: str = "other", priority: str = "P3") -> list[Waiting]:
    return [waiting(f"w{number}", category, priority) for number in range(count)]


def test_the_wait_is_unknown_while_nobody_is_at_work() -> None:
    team = [agent("a", presence=Presence.BREAK), agent("b", accepts=False)]
    assert waits(line(2), team) == [None, None]
    assert BY_HEART.corrected(None, "P3") is None


@pytest.mark.parametrize(
    ("position", "hands", "free", "seconds"),
    [(1, 1, 0, 480), (1, 4, 0, 120), (3, 4, 0, 360), (2, 4, 2, 0), (3, 4, 2, 120)],
)
def test_with_all_hands_busy_each_end_of_a_conversation_moves_the_line(
    position: int, hands: int, free: int, seconds: float
) -> None:
    assert waits(line(position), generalists(hands, free))[-1] == seconds


def test_only_those_at_work_have_hands() -> None:
    team = [*generalists(4, 0), agent("d", presence=Presence.BREAK, capacity=9)]
    assert waits(line(1), team) == [120]


def test_who_wants_other_hands_does_not_hold_one_up() -> None:
    team = [agent("a", {"refund": 4}, load=2), agent("b", {"order": 4}, load=2)]
    order = [*line(5, "order", "P2"), waiting("mine", "refund", "P4")]
    whole_line = 6 * 480 / 4
    assert waits(order, team)[-1] == whole_line, "never sooner than the desk as a whole can be"
    alone = waits([waiting("mine", "refund", "P4")], team)
    assert alone == [480 / 2], "its own two hands, not all four"


def test_who_shares_some_of_the_hands_counts_for_their_share() -> None:
    team = [agent("a", {"refund": 4}, load=2), agent("b", {"refund": 4, "order": 4}, load=2)]
    before = waiting("first", "refund", "P4")
    mine = waiting("mine", "order", "P4")
    assert waits([before, mine], team)[-1] == (1 + 0.5) * 480 / 2


def test_nobody_waits_for_skill_beyond_all_patience() -> None:
    expert = agent("a", {"refund": 5}, capacity=1, load=1)
    team = [expert, agent("b", {"order": 5}, capacity=23, load=23)]
    found = waits(line(3, "refund", "P4"), team)
    assert found[2] == 3 * 480 / 24 + ANYBODY["P4"]


def test_who_waits_for_a_person_stands_in_their_line() -> None:
    team = [agent("a", capacity=1, load=1), agent("b", capacity=11, load=11)]
    assert waits([waiting("mine", "other", wanted="a")], team) == [480 / 12 + 120]
    gone = waits([waiting("mine", "other", wanted="z")], team)
    assert gone == [480 / 12], "who is not there is not waited for"


def test_a_free_hand_of_the_own_team_is_no_wait_however_long_the_line() -> None:
    team = [agent("a", {"refund": 4}), agent("b", {"order": 4}, load=2)]
    order = [*line(9, "order"), waiting("mine", "refund")]
    assert waits(order, team)[-1] == 0


def test_whom_nobody_can_be_given_to_waits_till_the_end_of_patience() -> None:
    team = [agent("a", channels=["web"], load=2)]
    assert waits([waiting("mine", channel="wechat", priority="P4")], team) == [240 + ANYBODY["P4"]]


@settings(max_examples=50)
@given(st.integers(1, 60), st.integers(1, 100), st.integers(0, 100), st.floats(1, 4000))
def test_who_is_further_back_never_waits_less_and_more_hands_never_mean_longer(
    count: int, hands: int, free: int, mean: float
) -> None:
    estimator = Estimator(mean, POLICY.skill)
    team, order = generalists(hands, min(hands, free)), line(count + 1)
    here = estimator.plain(order, team)
    helped = estimator.plain(order, [*team, agent("b", capacity=1)])
    found = [here[identity(f"w{number}")] or 0.0 for number in range(count + 1)]
    assert found == sorted(found)
    assert all((helped[each] or 0.0) <= (seconds or 0.0) for each, seconds in here.items())


def test_an_estimate_is_corrected_by_what_its_priority_has_taught() -> None:
    taught = Estimator(480, POLICY.skill, {"P4": 1.5})
    assert taught.corrected(100, "P4") == 150
    assert taught.corrected(100, "P1") == 100


def test_the_usual_handling_time_counts_until_there_are_real_ones() -> None:
    usual = WAIT.usual_handling_seconds
    assert mean_handling_seconds([], WAIT) == usual
    some = mean_handling_seconds([60.0] * WAIT.usual_counts_as, WAIT)
    assert some == pytest.approx((usual + 60) / 2)
    assert mean_handling_seconds([60.0] * 1000, WAIT) == pytest.approx(60, rel=0.1)


def test_a_conversation_left_open_overnight_counts_as_the_longest_allowed() -> None:
    overnight = mean_handling_seconds([12 * 3600.0], WAIT)
    assert overnight == mean_handling_seconds([WAIT.longest_handling_seconds], WAIT)


def test_the_usual_figure_may_count_for_nothing() -> None:
    alone = replace(WAIT, usual_counts_as=0)
    assert mean_handling_seconds([], alone) == WAIT.usual_handling_seconds
    assert mean_handling_seconds([60.0], alone) == 60


def test_estimates_that_were_too_short_lengthen_the_next() -> None:
    assert correction([], WAIT) == 1
    assert correction([WaitRecord(0, 30)], WAIT) == 1
    many = [WaitRecord(100, 130), WaitRecord(200, 230)] * (WAIT.records // 2)
    assert correction(many, WAIT) == pytest.approx(1.16), "a quarter more count as right"
    assert 1 < correction(many[:2], WAIT) < 1.02, "two waits prove little"


def test_a_correction_is_measured_against_the_uncorrected_estimate() -> None:
    settled = [WaitRecord(expected=110, actual=120, plain=100)] * WAIT.records
    assert correction(settled, WAIT) == pytest.approx(1.16)


def test_a_correction_is_bounded_and_forgets_the_old() -> None:
    assert correction([WaitRecord(100, 90000)], WAIT) == WAIT.most_correction
    assert correction([WaitRecord(100, 0)] * WAIT.records, WAIT) == WAIT.least_correction
    old = [WaitRecord(100, 9000)] * 50
    assert correction([*old, *[WaitRecord(100, 100)] * WAIT.records], WAIT) == 1


def test_corrected_estimates_come_closer_when_the_line_is_steadily_slower() -> None:
    """Each next estimate is corrected by those before; the truth is 1.3 times the plain one."""
    records: list[WaitRecord] = []
    for _ in range(WAIT.records):
        told = 100 * correction(records, WAIT)
        records.append(WaitRecord(expected=told, actual=130, plain=100))
    told_in_turn = [record.expected for record in records]
    assert told_in_turn == sorted(told_in_turn)
    assert told_in_turn[0] == 100
    assert told_in_turn[-1] == pytest.approx(124, abs=1)


def test_accuracy_is_the_mean_error_and_the_share_within_half() -> None:
    found = accuracy([WaitRecord(100, 150), WaitRecord(100, 151), WaitRecord(60, 60)])
    assert found.count == 3
    assert found.mean_absolute_error == pytest.approx(101 / 3)
    assert found.within_half == pytest.approx(2 / 3)


def test_accuracy_without_records_is_unknown() -> None:
    assert accuracy([]).mean_absolute_error is None
    assert accuracy([]).within_half is None
