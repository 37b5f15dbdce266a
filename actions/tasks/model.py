"""How a task and the things it asks for are described."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from actions.gateway import Gateway

Values = Mapping[str, Any]
"""Slots as they are: text, or fen for an amount."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few fixed values; `words` is the pattern that means it, `title` is its button."""

    value: str
    title: str
    words: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values the desk offers just now."""

    value: str
    title: str
    day: str = ""
    """ISO date and HH:MM where the option is a time."""
    clock: str = ""


Check: TypeAlias = Callable[[str, str], str | None]
"""`(value, ISO date of today)` → the hint that says what is wrong with it, None when it is fine."""


@dataclass(frozen=True)
class Slot:
    """One thing a customer tells.

    `hints` are the endings of `utter_ask_<name>_<hint>` that the domain has. `names` is how
    customers call it when they correct it. What `keeps` is known after the task too; what was
    said up to `memory` turns before the task counts as told (None: any turn).
    """

    name: str
    title: str
    names: re.Pattern[str]
    entities: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    pattern: re.Pattern[str] | None = None
    least: int = 0
    """Characters of free text; 0 means that free text does not fill it."""
    most: int = 200
    """Characters of free text that are kept."""
    check: Check | None = None
    loads: bool = False
    """The desk says what there is to choose from."""
    depends: tuple[str, ...] = ()
    """A change of these makes the value worthless."""
    keeps: bool = False
    memory: int | None = 0
    passing: re.Pattern[str] | None = None
    """Words that tell the value in passing, anywhere in a message; its group is the value."""
    hints: tuple[str, ...] = ("unreadable",)


@dataclass(frozen=True, slots=True)
class Want:
    """A slot as one task uses it."""

    slot: str
    optional: bool = False
    """Taken when told, never asked for."""
    skippable: bool = False
    ask: str | None = None
    """Other wording: `utter_ask_<ask>`."""
    when: Callable[[Values], bool] | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """How a task ended: a response of the domain with what it names."""

    response: str
    variables: Mapping[str, str] = field(default_factory=dict)
    outcome: str = "task"
    mark: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What an act gets: the desk, who and which message, the slots and their titles."""

    gateway: Gateway
    conversation_id: str
    message_id: str
    said_at: datetime
    """When the message was written, in the time of the shop."""
    values: Values
    shown: Mapping[str, str]

    def body(self, *names: str, **more: Any) -> dict[str, Any]:
        """A body of the seam with slots of these names that are filled."""
        filled = {name: self.values[name] for name in names if self.values.get(name)}
        return {
            "conversation_id": self.conversation_id,
            "message_id": self.message_id,
            **filled,
            **more,
        }


Act: TypeAlias = Callable[[Request], Awaitable[Said]]
Load: TypeAlias = Callable[[Request], Awaitable[list[Option]]]


@dataclass(frozen=True)
class Task:
    """A task: its name is the intent that starts it.

    `proof` means that the identity comes first. `refusals` are the shop's reasons; the domain
    has `utter_refused_<name>_<reason>` for each. `variant` picks `utter_confirm_<name><variant>`.
    """

    name: str
    title: str
    wants: tuple[Want, ...]
    act: Act
    start: str
    """A sentence that starts it; the text of buttons that offer it."""
    proof: bool = False
    confirm: bool = True
    reads: bool = False
    """It only tells something: it may run in the middle of another task."""
    opening: str | None = None
    refusals: tuple[str, ...] = ()
    variants: tuple[str, ...] = ("",)
    variant: Callable[[Values], str] = lambda _: ""
