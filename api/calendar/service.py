"""Days of the business calendar, and what an admin sets for single dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from pydantic import JsonValue

from api.auth.service import SignedIn
from api.calendar.schemas import DayOut, Range
from api.db import Transaction
from api.i18n import texts
from api.policies import service as policies
from api.policies.registry import overlaid
from triage.calendar import BusinessCalendar, Span, holiday_of

KEY = "calendar"


def days(calendar: BusinessCalendar, first: date, last: date, language: str) -> list[DayOut]:
    """Every day from `first` to `last`, both included."""
    usual = replace(calendar, overrides={})
    return [_day(calendar, usual, on, language) for on in _dates(first, last)]


async def stored(tx: Transaction) -> tuple[int, dict[str, JsonValue]]:
    """Version of the setting, and the overrides of all years by ISO date."""
    row = await policies.stored(tx, KEY)
    found = overlaid(KEY, row.value if row else {})["overrides"]
    assert isinstance(found, dict)
    return (row.version if row else 0), found


async def override(
    tx: Transaction,
    staff: SignedIn,
    year: int,
    wanted: Mapping[str, JsonValue],
    version: int | None,
) -> None:
    """Set the overrides of a year, whatever they were. Raises Conflict and PolicyRefused.

    Call `policies.forget` after the commit.
    """
    row = await policies.stored(tx, KEY)
    current, known = await stored(tx)
    others = {on: hours for on, hours in known.items() if not on.startswith(f"{year:04d}-")}
    parts = {**(row.value if row else {}), "overrides": {**others, **wanted}}
    await policies.put(tx, staff, KEY, current if version is None else version, parts)


def _day(calendar: BusinessCalendar, usual: BusinessCalendar, on: date, language: str) -> DayOut:
    day, without, holiday = calendar.day(on), usual.day(on), holiday_of(on)
    name = texts(language).get(f"holiday.{holiday}", holiday) if holiday else None
    return DayOut(
        date=on,
        working=bool(day.hours),
        hours=[_range(span) for span in day.hours],
        kind=day.kind,
        name=name,
        certain=day.certain,
        usual_kind=without.kind,
        usual_hours=[_range(span) for span in without.hours],
    )


def _range(span: Span) -> Range:
    return _wall(span.start), _wall(span.end)


def _wall(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _dates(first: date, last: date) -> Iterator[date]:
    for count in range((last - first).days + 1):
        yield first + timedelta(days=count)
