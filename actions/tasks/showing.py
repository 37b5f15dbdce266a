"""Figures as customers read them: money, days, times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from actions.tasks.model import Values
from actions.tasks.slots import SLOTS
from actions.texts import named, phrase

SHOP_TIME = ZoneInfo("Asia/Shanghai")
_HOURS = 24


def money(fen: int | None) -> str:
    """「320.50 元」; empty without a figure."""
    if fen is None:
        return ""
    yuan, cents = divmod(fen, 100)
    return phrase("amount", yuan=f"{yuan:,}.{cents:02d}" if cents else f"{yuan:,}")


def day(when: date | datetime | str | None) -> str:
    """「11 月 25 日（周三）」."""
    if not when:
        return ""
    if isinstance(when, str):
        when = date.fromisoformat(when)
    if isinstance(when, datetime):
        when = (when.astimezone(SHOP_TIME) if when.tzinfo else when).date()
    weekday = named("weekday", when.weekday())
    return phrase("day", month=when.month, day=when.day, weekday=weekday)


def clock(when: datetime) -> str:
    """HH:MM in the shop's time."""
    return f"{when.astimezone(SHOP_TIME):%H:%M}"


def moment(when: datetime | None) -> str:
    """「11 月 25 日（周三）14:00」; empty without one."""
    return phrase("moment", day=day(when), clock=clock(when)) if when else ""


def span(start: datetime, end: datetime) -> str:
    """「11 月 25 日（周三）14:00–16:00」."""
    return phrase("span", day=day(start), start=clock(start), end=clock(end))


def shown(values: Values, titles: Mapping[str, str]) -> dict[str, str]:
    """Every slot as it stands in a sentence; empty ones never show."""
    return {name: titles.get(name) or _shown(name, values.get(name)) for name in SLOTS}


def _shown(name: str, value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    if name == "date":
        return day(text)
    if name == "day_part":
        return named("day_part", text)
    if name == "time":
        return "–".join(_hour(part) for part in text.split("/"))
    return next((item.title for item in SLOTS[name].choices if item.value == text), text)


def _hour(text: str) -> str:
    """HH:MM; from 24:00 on it is after midnight: 「次日 01:00」."""
    hour, _, minute = text.partition(":")
    if int(hour) < _HOURS:
        return text
    return phrase("next_day", clock=f"{int(hour) - _HOURS:02d}:{minute}")
