"""Which moment a customer means who named a day, an hour or a part of the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from actions.tasks.model import Values

_PARTS = {
    "night": ("00:00", "06:00"),
    "morning": ("09:00", "12:00"),
    "noon": ("12:00", "14:00"),
    "afternoon": ("14:00", "18:00"),
    "evening": ("19:00", "24:00"),
}
"""When somebody is called who named a part of the day only, and until when the part lasts."""
_DAY = ("10:00", "24:00")
"""The same for somebody who named the day only."""


def wished_moment(values: Values, said_at: datetime) -> datetime | None:
    """The time named in `date`, `time` and `day_part`; None when nothing was named.

    `said_at` is when the message was written, in the time of the shop, which is that of the
    result. Hours from 24:00 on are after the midnight that ends the day. Without a day it is the
    next such time; one that has begun and is not over is meant too.
    """
    hours = _hours(values)
    if hours is None:
        return None
    begin, end = hours
    if named := _text(values.get("date")):
        return _after_midnight(_at(named, begin, said_at), named, begin, said_at)
    day = next(day for day in _days(said_at) if _at(day, end, said_at) > said_at)
    return _at(day, begin, said_at)


def _hours(values: Values) -> tuple[str, str] | None:
    if time := _text(values.get("time")):
        begin, _, end = time.partition("/")
        return begin, end or begin
    if part := _text(values.get("day_part")):
        return _PARTS.get(part, _DAY)
    return _DAY if values.get("date") else None


def _after_midnight(moment: datetime, day: str, clock: str, said_at: datetime) -> datetime:
    """「今晚一点」, said at half past twelve in the night, is in half an hour."""
    earlier = moment - timedelta(days=1)
    tonight = clock >= "24:00" and day == said_at.date().isoformat()
    return earlier if tonight and earlier > said_at else moment


def _days(said_at: datetime) -> Iterator[str]:
    """Yesterday, whose hours after midnight may be to come, today and tomorrow."""
    for ahead in (-1, 0, 1):
        yield (said_at + timedelta(days=ahead)).date().isoformat()


def _at(day: str, clock: str, like: datetime) -> datetime:
    hour, _, minute = clock.partition(":")
    begin = datetime.fromisoformat(day).replace(tzinfo=like.tzinfo)
    return begin + timedelta(hours=int(hour), minutes=int(minute))


def _text(value: Any) -> str:
    return str(value or "")
