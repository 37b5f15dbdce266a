"""Invented people, places and texts of the demo shop (demo_data.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Example:
    """An order to try things out with."""

    number: str
    last4: str
    shows: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an event of a parcel says."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class People:
    """The file as it is."""

    surnames: list[str]
    forms_of_address: list[str]
    regions: list[str]
    streets: list[str]
    events: dict[str, Told]
    reasons: list[str]
    cancel_reasons: list[str]
    examples: list[Example]


@cache
def people() -> People:
    """The bundled names, places and texts."""
    raw = resources.files(__package__).joinpath("demo_data.yml").read_text(encoding="utf-8")
    return TypeAdapter(People).validate_python(yaml.safe_load(raw))
