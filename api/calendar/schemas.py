"""The business calendar as staff see it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from triage.calendar import DayKind

_Time = Annotated[str, StringConstraints(pattern=r"^[0-2]\d:[0-5]\d$")]
Range = tuple[_Time, _Time]
"""From and to on the desk's wall, e.g. `["09:00", "12:00"]`; to at most 24:00."""


class DayOut(BaseModel):
    """A day of the desk.

    `name` is that of the holiday it belongs to, make-up workdays too. `certain` is False while
    nobody knows whether it will be one: the year's holidays are not announced yet. `usual_kind` and
    `usual_hours` are what holds without what was set for the date.
    """

    date: date
    working: bool
    hours: list[Range]
    kind: DayKind
    name: str | None
    certain: bool
    usual_kind: DayKind
    usual_hours: list[Range]


class YearOverrides(BaseModel):
    """What an admin sets for dates of a year: closed, or open in these ranges.

    It replaces all that was set for that year. `version` is that of the setting `calendar` as it
    was read; without it, nobody else's change is looked for.
    """

    overrides: Annotated[
        dict[date, Literal["closed"] | Annotated[list[Range], Field(max_length=10)]],
        Field(max_length=366),
    ]
    version: int | None = Field(default=None, ge=0)


class CalendarYear(BaseModel):
    """A year with what was set; `version` is that of the setting `calendar`."""

    year: int
    version: int
    overrides: dict[date, Literal["closed"] | list[Range]]
    days: list[DayOut]
