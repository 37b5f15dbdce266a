"""Opening time added and measured: the calendar against one that looks at every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.slow_calendar import MINUTE, Scene, scenes
from triage.calendar import ALWAYS_OPEN, BusinessCalendar, Span
from triage.policy.calendar import business_calendar

FEW = settings(max_examples=25)
SOME = settings(max_examples=50)
CALENDAR = business_calendar()
SHANGHAI = CALENDAR.zone
MOMENTS = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, SHANGHAI, ZoneInfo("America/New_York")]),
)
LENGTHS = st.timedeltas(timedelta(), timedelta(days=10))


@FEW
@given(scenes(2, 2))
def test_time_between_is_the_number_of_open_minutes(scene: Scene) -> None:
    start, end = scene.moments
    assert scene.calendar.business_between(start, end) == scene.minutes.between(start, end)


@FEW
@given(scenes(2, 2), st.floats(0, 1))
def test_a_length_has_passed_at_the_first_minute_by_which_it_is_counted(
    scene: Scene, share: float
) -> None:
    start, end = scene.moments
    length = int(scene.minutes.between(start, end) / MINUTE * share) * MINUTE
    found = scene.calendar.add_business(start, length)
    candidates = range(scene.minutes.index(start), scene.minutes.index(end) + 1)
    assert found == next(
        scene.minutes.at(index)
        for index in candidates
        if scene.minutes.between(start, scene.minutes.at(index)) == length
    )


@FEW
@given(scenes(1, 1))
def test_the_desk_is_open_in_exactly_its_open_minutes_and_opens_with_the_next(
    scene: Scene,
) -> None:
    (at,) = scene.moments
    index = scene.minutes.index(at)
    assert scene.calendar.is_open(at) is scene.minutes.open[index]
    following = (i for i in range(index, len(scene.minutes.open)) if scene.minutes.open[i])
    expected = next(following, None)
    opening = scene.calendar.next_opening(at)
    if expected is None:
        assert opening >= scene.minutes.at(len(scene.minutes.open))
    else:
        assert opening == scene.minutes.at(expected)


@SOME
@given(MOMENTS, LENGTHS)
def test_adding_and_measuring_are_inverse(start: datetime, length: timedelta) -> None:
    assert CALENDAR.business_between(start, CALENDAR.add_business(start, length)) == length


@SOME
@given(MOMENTS, LENGTHS, LENGTHS)
def test_two_lengths_one_after_the_other_are_their_sum(
    start: datetime, first: timedelta, second: timedelta
) -> None:
    both = CALENDAR.add_business(start, first + second)
    assert CALENDAR.add_business(CALENDAR.add_business(start, first), second) == both


@SOME
@given(MOMENTS, LENGTHS, LENGTHS)
def test_who_starts_later_or_takes_longer_is_never_done_sooner(
    start: datetime, delay: timedelta, length: timedelta
) -> None:
    end = CALENDAR.add_business(start, length)
    started = start.astimezone(UTC)
    assert CALENDAR.add_business(started + delay, length) >= end
    assert CALENDAR.add_business(start, length + delay) >= end
    assert end >= started + length


@SOME
@given(MOMENTS, LENGTHS, st.integers(1, 20))
def test_working_days_are_counted_forwards_and_end_with_business(
    start: datetime, delay: timedelta, count: int
) -> None:
    end = CALENDAR.add_working_days(start, count)
    day = CALENDAR.local_date(end)
    assert end == CALENDAR.closing(day)
    passed = (day - CALENDAR.local_date(start)).days
    days = [day - timedelta(days=back) for back in range(passed)]
    assert sum(CALENDAR.is_working_day(each) for each in days) == count
    assert CALENDAR.is_working_day(day)
    assert CALENDAR.add_working_days(start.astimezone(UTC) + delay, count) >= end


@SOME
@given(MOMENTS, LENGTHS)
def test_a_desk_that_never_closes_runs_on_the_clock(start: datetime, length: timedelta) -> None:
    end = start.astimezone(UTC) + length
    assert ALWAYS_OPEN.add_business(start, length) == end
    assert ALWAYS_OPEN.business_between(start, end) == length
    assert ALWAYS_OPEN.is_open(start)


@SOME
@given(MOMENTS)
def test_results_are_utc_whatever_zone_is_asked_in(at: datetime) -> None:
    given_back = [CALENDAR.next_opening(at), CALENDAR.add_working_days(at, 1)]
    given_back += [CALENDAR.add_business(at, length) for length in (timedelta(), MINUTE)]
    assert {moment.tzinfo for moment in given_back} == {UTC}
    assert CALENDAR.next_opening(at.astimezone(UTC)) == CALENDAR.next_opening(at)


def test_nothing_lies_between_a_moment_and_an_earlier_one() -> None:
    noon = datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert CALENDAR.business_between(noon, noon - timedelta(days=3)) == timedelta()


def test_opening_time_is_never_taken_away() -> None:
    with pytest.raises(ValueError, match="never taken away"):
        CALENDAR.add_business(datetime(2026, 3, 2, 2, tzinfo=UTC), -MINUTE)


@pytest.mark.parametrize("count", [0, -1])
def test_working_days_are_counted_from_one(count: int) -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        CALENDAR.working_day_after(date(2026, 3, 2), count)


def test_an_hour_that_the_clock_leaves_out_is_not_counted() -> None:
    """Chinese time has no such hours; a desk elsewhere may."""
    all_day = (Span(0, 24 * 60),)
    berlin = BusinessCalendar(ZoneInfo("Europe/Berlin"), (all_day,) * 7, public_holidays=False)
    shortest = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert berlin.business_between(shortest, berlin.closing(date(2026, 3, 29))) == timedelta(
        hours=23
    )
