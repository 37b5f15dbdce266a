"""A second, slow business calendar that looks at every minute, and random calendars to try it on.

It shares nothing with `triage.calendar` but the settings: it asks `chinese_calendar` by other
functions and knows no stretches, only minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
from hypothesis import strategies as st

from triage.calendar import BusinessCalendar, Hours, Span

MINUTE = timedelta(minutes=1)
LAST_KNOWN_YEAR = max(chinese_calendar.holidays).year
DAYS = 3
NOTABLE = [date(2026, 2, 13), date(2026, 2, 27), date(2026, 9, 19), date(2026, 10, 7)]
NOTABLE += [date(2025, 12, 31), date(LAST_KNOWN_YEAR, 12, 30), date(2026, 3, 9), date(2024, 2, 28)]


@dataclass(frozen=True)
class Minutes:
    """`open[i]` tells whether the desk is open in the i-th minute after `first` (UTC)."""

    first: datetime
    open: list[bool]

    def index(self, at: datetime) -> int:
        return (at - self.first) // MINUTE

    def at(self, index: int) -> datetime:
        return self.first + index * MINUTE

    def between(self, start: datetime, end: datetime) -> timedelta:
        return sum(self.open[self.index(start) : self.index(end)]) * MINUTE


def minutes_of(calendar: BusinessCalendar, first_day: date) -> Minutes:
    """Every minute of `DAYS` days. The zone must have one offset all the time."""
    wall = datetime(first_day.year, first_day.month, first_day.day)  # noqa: DTZ001
    first = wall.replace(tzinfo=calendar.zone).astimezone(UTC)
    is_open: list[bool] = []
    for count in range(DAYS):
        hours = _hours(calendar, first_day + timedelta(days=count))
        is_open += [
            any(span.start <= minute < span.end for span in hours) for minute in range(24 * 60)
        ]
    return Minutes(first, is_open)


def _hours(calendar: BusinessCalendar, day: date) -> Hours:
    usual = calendar.weekly[day.weekday()]
    if day in calendar.overrides:
        return calendar.overrides[day]
    if not calendar.public_holidays or day.year > LAST_KNOWN_YEAR:
        return usual
    is_holiday, name = chinese_calendar.get_holiday_detail(day)
    if name is None:
        return usual
    return () if is_holiday else calendar.make_up


def _spans(edges: list[int]) -> Hours:
    ordered = sorted(edges)
    return tuple(Span(start, end) for start, end in zip(ordered[::2], ordered[1::2], strict=False))


HOURS = st.lists(st.integers(0, 1440), max_size=6, unique=True).map(_spans)
WEEKS = st.tuples(*[HOURS] * 7).filter(any)
ZONES = st.sampled_from(["Asia/Shanghai", "Asia/Kathmandu", "UTC"]).map(ZoneInfo)


@st.composite
def calendars(draw: Callable[..., object], first_day: date) -> BusinessCalendar:
    """Any hours and breaks, with any days near `first_day` set by an admin."""
    days = st.integers(-1, DAYS).map(lambda count: first_day + timedelta(days=count))
    return draw(  # type: ignore[return-value]
        st.builds(
            BusinessCalendar,
            zone=ZONES,
            weekly=WEEKS,
            make_up=HOURS,
            public_holidays=st.booleans(),
            overrides=st.dictionaries(days, HOURS, max_size=3),
        )
    )


@dataclass(frozen=True)
class Scene:
    """A calendar with all its minutes, and moments within them in order."""

    calendar: BusinessCalendar
    minutes: Minutes
    moments: list[datetime]


@st.composite
def scenes(draw: Callable[..., object], least: int, most: int) -> Scene:
    """A random calendar near a notable day, and `least` to `most` ordered moments."""
    first_day: date = draw(st.sampled_from(NOTABLE))  # type: ignore[assignment]
    calendar: BusinessCalendar = draw(calendars(first_day))  # type: ignore[assignment]
    minutes = minutes_of(calendar, first_day)
    picks = st.lists(st.integers(0, len(minutes.open) - 1), min_size=least, max_size=most)
    chosen: list[int] = draw(picks)  # type: ignore[assignment]
    return Scene(calendar, minutes, [minutes.at(index) for index in sorted(chosen)])
