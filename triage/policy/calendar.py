"""The business calendar from its settings (`calendar.yml`, or the same shape as JSON)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from triage.calendar import BusinessCalendar, Hours, Span
from triage.policy.reading import minute_of_day, read

CLOSED = "closed"
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@cache
def business_calendar() -> BusinessCalendar:
    """The default calendar."""
    return calendar_of(read("calendar.yml"))


def calendar_of(raw: Mapping[str, Any]) -> BusinessCalendar:
    """A calendar of the shape of `calendar.yml`.

    Raises ValueError (ZoneInfoNotFoundError is a KeyError) for what is no calendar.
    """
    if set(raw["weekly"]) != set(_WEEK):
        raise ValueError(f"a week is {', '.join(_WEEK)}")
    return BusinessCalendar(
        zone=ZoneInfo(raw["zone"]),
        weekly=tuple(hours_of(raw["weekly"][day]) for day in _WEEK),
        make_up=hours_of(raw["make_up"]),
        public_holidays=bool(raw["public_holidays"]),
        overrides=overrides_of(raw.get("overrides", {})),
    )


def overrides_of(raw: Mapping[str | date, object]) -> dict[date, Hours]:
    """`{"2027-02-06": "closed", "2027-02-20": [["10:00", "16:00"]]}` as hours by date.

    Raises ValueError for a date or time that is none.
    """
    return {
        day if isinstance(day, date) else date.fromisoformat(day): hours_of(hours)
        for day, hours in raw.items()
    }


def hours_of(raw: object) -> Hours:
    """`[["09:00", "12:00"], …]` or `"closed"`; raises ValueError for anything else."""
    if raw == CLOSED:
        return ()
    if not isinstance(raw, list):
        raise ValueError(f"opening hours are a list of ranges or {CLOSED!r}, not {raw!r}")
    return tuple(_span_of(item) for item in raw)


def _span_of(raw: object) -> Span:
    if not isinstance(raw, list) or len(raw) != 2:
        raise ValueError(f"a range is [from, to], not {raw!r}")
    return Span(minute_of_day(raw[0]), minute_of_day(raw[1]))
