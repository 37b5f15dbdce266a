"""Reading the YAML files of this folder."""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml

MINUTES_PER_DAY = 24 * 60


def read(name: str) -> dict[str, Any]:
    """The contents of the file `name`."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def minute_of_day(text: object) -> int:
    """`"09:30"` as minutes since midnight, up to `"24:00"`; raises ValueError for anything else."""
    if not isinstance(text, str):
        raise ValueError(f"a time is a quoted string like '09:00', not {text!r}")
    hours, colon, minutes = text.partition(":")
    digits = hours.isdecimal() and minutes.isdecimal() and text.isascii()
    if not (colon and digits and len(minutes) == 2):
        raise ValueError(f"a time looks like 09:00, not {text!r}")
    found = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or found > MINUTES_PER_DAY:
        raise ValueError(f"{text!r} is no time of a day")
    return found
