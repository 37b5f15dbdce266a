"""When a waiting customer is told how they stand, what else is offered, and what if they go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.triage.routing_facts import NOW
from triage.policy.routing import routing_policy
from triage.queueing import (
    Departure,
    Offer,
    Offers,
    Told,
    matters,
    offers,
    should_tell,
    when_gone,
)

POLICY = routing_policy()
NOTICE = POLICY.notice
TOMORROW = NOW + timedelta(days=1)


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


@pytest.mark.parametrize(
    ("priority", "told", "becomes"),
    [
        ("P4", 120, Departure.CLOSED),
        (None, 0, Departure.CLOSED),
        ("P2", 600, Departure.CLOSED),
        ("P1", 120, Departure.TICKET),
        ("P4", None, Departure.TICKET),
    ],
)
def test_who_was_promised_an_answer_is_not_forgotten_when_they_go(
    priority: str | None, told: float | None, becomes: Departure
) -> None:
    assert when_gone(priority, told) is becomes
