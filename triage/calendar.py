"""The business calendar: when the desk is open, and arithmetic in its opening time.

Which hours a day has is decided in this order: what an admin set for that date, public holidays,
make-up workdays 调休, the hours of its weekday. Holidays and make-up workdays come from the package
`chinesecalendar`, made from the yearly notices of the State Council 国务院办公厅. A year whose
notice the package does not have yet falls back to the weekday, and says so (`Day.certain`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

import chinese_calendar

_MINUTES_PER_DAY = 24 * 60
_DAY = timedelta(days=1)
_NOTHING = timedelta()
_NO_KEY = re.compile("[^a-z0-9]+")
_KNOWN_YEARS = frozenset(day.year for day in chinese_calendar.holidays)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of opening time in one day: minutes since local midnight, end excluded."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= _MINUTES_PER_DAY:
            raise ValueError(f"no stretch of a day: {self.start} to {self.end} minutes")


Hours = tuple[Span, ...]
"""Opening hours of a day, in order; the gaps between are breaks, empty means closed."""


class DayKind(StrEnum):
    """Why a day has the hours it has."""

    WEEKDAY = "weekday"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    OVERRIDE = "override"


def holiday_of(on: date) -> str | None:
    """Key of the public holiday of `on`, such as `spring_festival`; None on other days.

    A make-up workday belongs to the holiday that it makes up for.
    """
    name = chinese_calendar.holidays.get(on) or chinese_calendar.workdays.get(on)
    return None if name is None else _NO_KEY.sub("_", name.lower().replace("'", ""))


@dataclass(frozen=True, slots=True)
class Day:
    """Hours of one date. `certain` is False where public holidays are not announced yet."""

    kind: DayKind
    hours: Hours
    certain: bool


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Opening time of the desk. Takes aware datetimes of any zone, gives UTC.

    `weekly` holds the hours of Monday … Sunday and `make_up` those of make-up workdays;
    `overrides` what an admin set for single dates. Raises ValueError for hours that overlap or are
    out of order, and for a week that is never open.
    """

    zone: ZoneInfo
    weekly: tuple[Hours, ...]
    make_up: Hours = ()
    public_holidays: bool = True
    overrides: Mapping[date, Hours] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.weekly) != 7 or not any(self.weekly):
            raise ValueError("a week has seven days and is open on one of them at least")
        for hours in (*self.weekly, self.make_up, *self.overrides.values()):
            if any(before.end > after.start for before, after in pairwise(hours)):
                raise ValueError("opening hours overlap or are out of order")

    def day(self, on: date) -> Day:
        """The hours of `on`, and why."""
        if on in self.overrides:
            return Day(DayKind.OVERRIDE, self.overrides[on], certain=True)
        usual = self.weekly[on.weekday()]
        if not self.public_holidays:
            return Day(DayKind.WEEKDAY, usual, certain=True)
        if on in chinese_calendar.holidays:
            return Day(DayKind.HOLIDAY, (), certain=True)
        if on in chinese_calendar.workdays:
            return Day(DayKind.MAKE_UP, self.make_up, certain=True)
        return Day(DayKind.WEEKDAY, usual, certain=on.year in _KNOWN_YEARS)

    def local_date(self, at: datetime) -> date:
        """The date on the desk's wall at `at`."""
        return at.astimezone(self.zone).date()

    def is_working_day(self, on: date) -> bool:
        """Whether the desk opens at all on `on`."""
        return bool(self.day(on).hours)

    def is_open(self, at: datetime) -> bool:
        """Whether the desk is open at `at`; the minute of closing is closed."""
        return any(start <= at < end for start, end in self._opening(self.local_date(at)))

    def next_opening(self, at: datetime) -> datetime:
        """The first open moment from `at` on: `at` itself while the desk is open."""
        start, _ = next(self._stretches(at))
        return start

    def add_business(self, start: datetime, length: timedelta) -> datetime:
        """The earliest moment by which `length` of opening time has passed since `start`.

        Nothing to pass gives `start`. Raises ValueError for a negative length.
        """
        if length < _NOTHING:
            raise ValueError("opening time is added, never taken away")
        if not length:
            return start.astimezone(UTC)
        left = length
        for opens, closes in self._stretches(start):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise AssertionError("the stretches never end")

    def business_between(self, start: datetime, end: datetime) -> timedelta:
        """Opening time between the two; zero when `end` is not after `start`."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        total = _NOTHING
        if end <= start:
            return total
        for opens, closes in self._stretches(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total

    def working_day_after(self, on: date, count: int) -> date:
        """The `count`-th working day after `on`, which does not count itself.

        Raises ValueError unless `count` is at least 1.
        """
        if count < 1:
            raise ValueError("working days are counted from 1")
        while count:
            on += _DAY
            count -= self.is_working_day(on)
        return on

    def add_working_days(self, start: datetime, count: int) -> datetime:
        """Closing time of the `count`-th working day after the day of `start`.

        The day of the start does not count; the last day ends with business (民法典 §201, §203).
        Raises ValueError unless `count` is at least 1.
        """
        return self.closing(self.working_day_after(self.local_date(start), count))

    def opening(self, on: date) -> datetime:
        """When the desk first opens on the working day `on`; raises ValueError on others."""
        return self._edges(on)[0]

    def closing(self, on: date) -> datetime:
        """When the desk closes for good on the working day `on`; raises ValueError on others."""
        return self._edges(on)[1]

    def _edges(self, on: date) -> tuple[datetime, datetime]:
        stretches = self._opening(on)
        if not stretches:
            raise ValueError(f"{on} is no working day")
        return stretches[0][0], stretches[-1][1]

    def _stretches(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening time from `since` on, without end: a week is open at least once."""
        since = since.astimezone(UTC)
        on = self.local_date(since)
        while True:
            for opens, closes in self._opening(on):
                if closes > since:
                    yield max(opens, since), closes
            on += _DAY

    def _opening(self, on: date) -> list[tuple[datetime, datetime]]:
        return [
            (self._moment(on, span.start), self._moment(on, span.end))
            for span in self.day(on).hours
        ]

    def _moment(self, on: date, minutes: int) -> datetime:
        days, minutes = divmod(minutes, _MINUTES_PER_DAY)
        wall = time(minutes // 60, minutes % 60)
        return datetime.combine(on + days * _DAY, wall, tzinfo=self.zone).astimezone(UTC)


ALWAYS_OPEN = BusinessCalendar(
    ZoneInfo("Asia/Shanghai"), (((Span(0, _MINUTES_PER_DAY),),) * 7), public_holidays=False
)
"""Day and night, every day: a desk that never closes, where business time is the clock's."""
