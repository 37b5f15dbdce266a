"""What a waiting customer may expect, when they are told, and what else is offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.triage.routing_facts import NOW, agent
from triage.policy.routing import routing_policy
from triage.queueing import (
    Hands,
    Offer,
    Offers,
    Told,
    WaitRecord,
    accuracy,
    correction,
    expected_wait,
    hands,
    matters,
    mean_handling_seconds,
    offers,
    should_tell,
)
from triage.routing import Presence

POLICY = routing_policy()
WAIT, NOTICE = POLICY.wait, POLICY.notice
TOMORROW = NOW + timedelta(days=1)


def test_only_hands_at_work_are_counted() -> None:
    team = [
        agent("a", load=1, capacity=3),
        agent("b", load=2, capacity=2),
        agent("c", load=3, capacity=2),
        agent("d", presence=Presence.BREAK),
        agent("e", accepts=False),
    ]
    assert hands(team) == Hands(total=7, free=2)


def test_the_wait_is_unknown_while_nobody_is_at_work() -> None:
    assert expected_wait(1, Hands(0, 0), 480) is None


@pytest.mark.parametrize(
    ("position", "desk", "seconds"),
    [
        (1, Hands(1, 0), 480),
        (1, Hands(4, 0), 120),
        (3, Hands(4, 0), 360),
        (2, Hands(4, 2), 0),
        (3, Hands(4, 2), 120),
    ],
)
def test_with_all_hands_busy_each_end_of_a_conversation_moves_the_line(
    position: int, desk: Hands, seconds: float
) -> None:
    assert expected_wait(position, desk, 480) == seconds
    assert expected_wait(position, desk, 480, 1.5) == seconds * 1.5


@settings(max_examples=50)
@given(st.integers(1, 500), st.integers(1, 100), st.integers(0, 100), st.floats(1, 4000))
def test_who_is_further_back_never_waits_less_and_more_hands_never_mean_longer(
    position: int, total: int, free: int, mean: float
) -> None:
    desk = Hands(total, min(total, free))
    here = expected_wait(position, desk, mean)
    behind = expected_wait(position + 1, desk, mean)
    with_help = expected_wait(position, Hands(total + 1, desk.free + 1), mean)
    assert here is not None
    assert behind is not None
    assert with_help is not None
    assert 0 <= with_help <= here <= behind


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
    assert correction([WaitRecord(100, 130), WaitRecord(200, 230)], WAIT) == pytest.approx(1.2)


def test_a_correction_is_measured_against_the_uncorrected_estimate() -> None:
    settled = [WaitRecord(expected=120, actual=120, plain=100)] * 20
    assert correction(settled, WAIT) == pytest.approx(1.2)


def test_a_correction_is_bounded_and_forgets_the_old() -> None:
    assert correction([WaitRecord(100, 9000)], WAIT) == WAIT.most_correction
    assert correction([WaitRecord(100, 0)], WAIT) == WAIT.least_correction
    old = [WaitRecord(100, 9000)] * 50
    assert correction([*old, *[WaitRecord(100, 100)] * WAIT.records], WAIT) == 1


def test_corrected_estimates_come_closer_when_the_line_is_steadily_slower() -> None:
    """Each next estimate is corrected by those before; the truth is 1.3 times the plain one."""
    records: list[WaitRecord] = []
    for _ in range(30):
        told = 100 * correction(records, WAIT)
        records.append(WaitRecord(expected=told, actual=130, plain=100))
    assert records[0].expected == 100
    assert all(record.expected == pytest.approx(130) for record in records[1:])


def test_accuracy_is_the_mean_error_and_the_share_within_half() -> None:
    found = accuracy([WaitRecord(100, 150), WaitRecord(100, 151), WaitRecord(60, 60)])
    assert found.count == 3
    assert found.mean_absolute_error == pytest.approx(101 / 3)
    assert found.within_half == pytest.approx(2 / 3)


def test_accuracy_without_records_is_unknown() -> None:
    assert accuracy([]).mean_absolute_error is None
    assert accuracy([]).within_half is None


@pytest.mark.parametrize(
    ("position", "wait", "tells"),
    [
        (3, 300, False),
        (2, 300, True),
        (2, 180, True),
        (4, 300, False),  # somebody more urgent came, the wait is the same
        (4, 390, True),  # … and here it is not
        (3, 389, False),  # less than 30 %
        (3, 209, True),
        (3, None, True),
    ],
)
def test_a_customer_is_told_anew_when_the_place_fell_or_the_wait_changed(
    position: int, wait: float | None, tells: bool
) -> None:
    told = Told(3, 300, NOW)
    later = NOW + timedelta(seconds=NOTICE.every_seconds)
    assert should_tell(told, position, wait, later, NOTICE) is tells


def test_a_change_of_a_few_seconds_is_no_news_however_large_its_share() -> None:
    later = NOW + timedelta(seconds=NOTICE.every_seconds)
    assert not should_tell(Told(1, 30, NOW), 1, 80, later, NOTICE)
    assert should_tell(Told(1, 30, NOW), 1, 90, later, NOTICE)


def test_a_customer_is_told_once_at_first_and_then_not_too_often() -> None:
    assert should_tell(None, 5, None, NOW, NOTICE)
    soon = NOW + timedelta(seconds=NOTICE.every_seconds - 1)
    assert not should_tell(Told(5, 900, NOW), 1, 10, soon, NOTICE)


def test_nobody_at_work_before_and_now_is_no_news() -> None:
    later = NOW + timedelta(hours=1)
    assert not should_tell(Told(1, None, NOW), 1, None, later, NOTICE)
    assert should_tell(Told(1, None, NOW), 1, 60, later, NOTICE)


def offered(expected: float | None, waited: float = 0, *, is_open: bool = True) -> Offers:
    return offers(
        expected,
        waited,
        is_open=is_open,
        next_opening=None if is_open else TOMORROW,
        ticket_answered_by=TOMORROW,
        policy=POLICY,
    )


def test_a_short_wait_is_just_waited() -> None:
    assert offered(POLICY.ticket_from_seconds - 1) == Offers((Offer.KEEP_WAITING,))


@pytest.mark.parametrize(
    "waits", [(POLICY.ticket_from_seconds, 0), (5, POLICY.ticket_from_seconds)]
)
def test_a_long_wait_comes_with_a_ticket_and_its_promise(waits: tuple[float, float]) -> None:
    assert offered(*waits) == Offers((Offer.KEEP_WAITING, Offer.TICKET), TOMORROW)


def test_with_nobody_at_work_in_opening_hours_a_ticket_is_offered_first() -> None:
    assert offered(None) == Offers((Offer.TICKET, Offer.KEEP_WAITING), TOMORROW)


def test_out_of_hours_word_may_be_left_and_the_opening_is_told() -> None:
    assert offered(None, is_open=False) == Offers((Offer.LEAVE_WORD,), TOMORROW, TOMORROW)


def test_somebody_who_works_out_of_hours_may_be_waited_for() -> None:
    assert offered(10, is_open=False) == Offers((Offer.KEEP_WAITING,))


@pytest.mark.parametrize(
    ("position", "wait", "message"),
    [(4, 300, False), (2, 300, False), (1, 300, True), (3, 100, True), (3, None, True)],
)
def test_a_message_of_its_own_is_for_the_next_in_line_or_another_wait(
    position: int, wait: float | None, message: bool
) -> None:
    assert matters(Told(3, 300, NOW), position, wait, NOTICE) is message


def test_who_was_first_before_is_not_told_so_again() -> None:
    assert not matters(Told(1, 60, NOW), 1, 60, NOTICE)
