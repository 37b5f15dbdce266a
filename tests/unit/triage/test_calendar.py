"""Which hours a day has: weekdays, public holidays, make-up workdays 调休, an admin's settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.slow_calendar import LAST_KNOWN_YEAR
from triage.calendar import BusinessCalendar, Day, DayKind, Span
from triage.policy.calendar import business_calendar, calendar_of, hours_of, overrides_of
from triage.policy.reading import read

CALENDAR = business_calendar()
HOUR = timedelta(hours=1)
WORKDAY = (Span(9 * 60, 12 * 60), Span(13 * 60, 20 * 60))


def on(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CALENDAR.zone)


def test_an_ordinary_monday_has_a_lunch_break() -> None:
    assert CALENDAR.day(date(2026, 3, 2)) == Day(DayKind.WEEKDAY, WORKDAY, certain=True)
    assert [CALENDAR.is_open(on(3, 2, hour)) for hour in (8, 9, 12, 13, 19, 20)] == [
        *(False, True, False, True, True, False)
    ]
    assert CALENDAR.next_opening(on(3, 2, 12, 30)) == on(3, 2, 13)
    assert CALENDAR.add_business(on(3, 2, 11, 50), timedelta(minutes=15)) == on(3, 2, 13, 5)


def test_what_comes_on_friday_evening_is_counted_from_monday_morning() -> None:
    assert CALENDAR.next_opening(on(3, 6, 20)) == on(3, 9, 9)
    assert CALENDAR.add_business(on(3, 6, 19, 50), timedelta(minutes=20)) == on(3, 9, 9, 10)


def test_a_length_that_ends_with_business_ends_then_and_not_the_next_morning() -> None:
    assert CALENDAR.add_business(on(3, 2, 19), HOUR) == on(3, 2, 20)
    assert CALENDAR.add_business(on(3, 2, 11), HOUR) == on(3, 2, 12)


def test_spring_festival_is_closed_for_nine_days_between_two_worked_saturdays() -> None:
    """2026: closed from 15 to 23 February, worked on Saturdays 14 and 28."""
    february = [date(2026, 2, day) for day in range(9, 29)]
    assert [day.day for day in february if CALENDAR.day(day).kind is DayKind.HOLIDAY] == [
        *range(15, 24)
    ]
    assert [day.day for day in february if CALENDAR.day(day).kind is DayKind.MAKE_UP] == [14, 28]
    assert CALENDAR.next_opening(on(2, 14, 20)) == on(2, 24, 9)
    assert CALENDAR.add_business(on(2, 14, 19), 2 * HOUR) == on(2, 24, 10)
    assert CALENDAR.business_between(on(2, 15), on(2, 24)) == timedelta()


def test_national_day_of_2025_lasts_to_the_eighth_with_the_mid_autumn_festival() -> None:
    assert CALENDAR.next_opening(on(9, 30, 20, year=2025)) == on(10, 9, 9, year=2025)
    assert CALENDAR.is_working_day(date(2025, 9, 28))
    assert CALENDAR.is_working_day(date(2025, 10, 11))
    assert CALENDAR.add_working_days(on(9, 29, 15, year=2025), 5) == on(10, 13, 20, year=2025)


def test_a_make_up_saturday_counts_as_a_working_day() -> None:
    assert CALENDAR.working_day_after(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert CALENDAR.working_day_after(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert CALENDAR.working_day_after(date(2026, 2, 27), 1) == date(2026, 2, 28)


def test_seven_working_days_over_the_spring_festival_are_the_law_s() -> None:
    """The day of the start does not count, the last one ends with business (民法典 §201, §203)."""
    due = CALENDAR.add_working_days(on(2, 12, 9, 30), 7)
    assert due == on(2, 28, 20)


def test_a_year_that_is_not_announced_yet_falls_back_to_weekdays_and_says_so() -> None:
    year = LAST_KNOWN_YEAR + 1
    golden_week = [date(year, 10, day) for day in range(1, 8)]
    for day in golden_week:
        usual = () if day.weekday() > 4 else WORKDAY
        assert CALENDAR.day(day) == Day(DayKind.WEEKDAY, usual, certain=False)
    assert CALENDAR.day(date(year - 1, 12, 31)).certain


def test_what_an_admin_sets_goes_before_everything_and_is_certain() -> None:
    settings = overrides_of({"2027-10-01": "closed", "2027-10-02": [["10:00", "16:00"]]})
    overrides = {**settings, date(2026, 10, 1): WORKDAY, date(2026, 10, 10): ()}
    calendar = replace(CALENDAR, overrides=overrides)
    assert calendar.day(date(2027, 10, 1)) == Day(DayKind.OVERRIDE, (), certain=True)
    assert calendar.is_open(on(10, 2, 10, year=2027))
    assert calendar.is_open(on(10, 1, 10))
    assert not calendar.is_working_day(date(2026, 10, 10))


def test_a_desk_that_works_on_public_holidays_keeps_its_weekly_hours() -> None:
    calendar = replace(CALENDAR, public_holidays=False)
    assert calendar.day(date(2026, 10, 1)) == Day(DayKind.WEEKDAY, WORKDAY, certain=True)
    assert not calendar.is_working_day(date(2026, 10, 10))
    assert calendar.day(date(LAST_KNOWN_YEAR + 2, 12, 31)).certain


def test_hours_may_go_to_midnight_and_on_from_there() -> None:
    late = hours_of([["20:00", "24:00"]])
    early = hours_of([["00:00", "02:00"]])
    calendar = replace(CALENDAR, weekly=(late, early, (), (), (), (), ()))
    assert calendar.add_business(on(3, 2, 23), 2 * HOUR) == on(3, 3, 1)
    assert calendar.closing(date(2026, 3, 2)) == calendar.opening(date(2026, 3, 3))


def test_the_closing_of_a_day_without_hours_is_an_error() -> None:
    with pytest.raises(ValueError, match="no working day"):
        CALENDAR.closing(date(2026, 10, 1))


def test_a_week_without_any_hours_is_refused() -> None:
    with pytest.raises(ValueError, match="open on one of them"):
        BusinessCalendar(ZoneInfo("Asia/Shanghai"), ((),) * 7)


@pytest.mark.parametrize("weekly", [((),) * 6, (WORKDAY,) * 8])
def test_a_week_has_seven_days(weekly: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="seven days"):
        BusinessCalendar(ZoneInfo("Asia/Shanghai"), weekly)


@pytest.mark.parametrize(
    "hours", [(Span(540, 720), Span(700, 900)), (Span(780, 1080), Span(540, 720))]
)
def test_hours_that_overlap_or_are_out_of_order_are_refused(hours: tuple[Span, ...]) -> None:
    with pytest.raises(ValueError, match="overlap"):
        replace(CALENDAR, overrides={date(2026, 3, 2): hours})


@pytest.mark.parametrize(
    "raw",
    [
        *("open", None, 540, [["09:00"]], [["12:00", "09:00"]], [["09:00", "09:00"]]),
        *([["09:00", "24:01"]], [["9", "10"]], [["09:60", "10:00"]], [[540, 720]]),
        *([["09:00", "１２:００"]], [["-1:00", "10:00"]], ["09:00", "12:00"]),
    ],
)
def test_what_are_no_opening_hours_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        hours_of(raw)


def test_a_date_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        overrides_of({"2027-02-30": "closed"})


def test_settings_of_a_week_must_name_every_day() -> None:
    raw = read("calendar.yml")
    del raw["weekly"]["sun"]
    with pytest.raises(ValueError, match="a week is mon"):
        calendar_of(raw)
