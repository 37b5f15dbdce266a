"""Wrong proofs are counted, lock, and a right one takes back no more than itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.commerce.standing import (
    Standing,
    after_wrong_try,
    attempts_left,
    target_of,
    without_try,
)
from triage.policy import identity_policy

POLICY = identity_policy()
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LOCK = timedelta(minutes=POLICY.locked_minutes)


def after(count: int, now: datetime = NOW) -> Standing:
    standing = Standing()
    for _ in range(count):
        standing = after_wrong_try(standing, now, POLICY)
    return standing


def test_the_figures_are_those_of_the_norms() -> None:
    assert (POLICY.wrong_tries, POLICY.locked_minutes, POLICY.valid_minutes) == (5, 30, 120)
    assert (POLICY.wrong_tries_per_order, POLICY.order_window_hours) == (15, 24)


def test_five_wrong_tries_lock_for_half_an_hour() -> None:
    assert not after(4).locked(NOW)
    locked = after(5)
    assert locked.locked(NOW)
    assert locked.locked(NOW + LOCK - timedelta(microseconds=1))
    assert not locked.locked(NOW + LOCK)


def test_tries_count_down_to_the_lock() -> None:
    assert [attempts_left(after(count), POLICY) for count in range(6)] == [5, 4, 3, 2, 1, 0]


def test_after_a_lock_the_count_begins_anew() -> None:
    again = after_wrong_try(after(5), NOW + LOCK, POLICY)
    assert (again.wrong_tries, again.locked(NOW + LOCK)) == (1, False)


def test_a_try_that_was_right_after_all_takes_back_itself_alone() -> None:
    assert without_try(after(3)) == after(2)
    assert without_try(after(5)) == after(4)
    assert without_try(Standing()) == Standing()


@given(st.lists(st.timedeltas(timedelta(0), timedelta(hours=1)), max_size=40))
def test_within_any_half_hour_at_most_five_tries_count(pauses: list[timedelta]) -> None:
    standing, now, lately = Standing(), NOW, list[datetime]()
    for pause in pauses:
        now += pause
        if standing.locked(now):
            continue
        standing = after_wrong_try(standing, now, POLICY)
        lately.append(now)
    for moment in lately:
        burst = [each for each in lately if moment <= each < moment + LOCK]
        assert len(burst) <= POLICY.wrong_tries


@pytest.mark.parametrize(
    "spelling", ["yp-2026-0012", "YP20260012", "ＹＰ２０２６００１２", "YP_2026_0012"]
)
def test_another_spelling_of_an_order_number_has_no_tries_of_its_own(spelling: str) -> None:
    assert target_of(spelling) == target_of("YP-2026-0012")
    assert target_of(spelling) != target_of("YP-2026-0013")
