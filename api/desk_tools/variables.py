"""Variables of ready texts: `{{customer.name}}` becomes the customer's name.

What is not known stays visible as 【客户称呼】, so that nobody sends a hole unseen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from api.errors import UnknownVariable
from api.i18n import say

VARIABLES = ("customer.name", "agent.name", "ticket.number", "order.number", "queue.wait")
"""Each has a name on pages: i18n `variable.<name>`."""
_FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its variables filled in, and those whose value is not known."""

    text: str
    missing: tuple[str, ...]


def check(text: str) -> None:
    """Raises UnknownVariable for a variable that is none, and for braces that name nothing."""
    rest = _FIELD.sub("", text)
    unknown = [name for name in _FIELD.findall(text) if name not in VARIABLES]
    if unknown or "{{" in rest or "}}" in rest:
        raise UnknownVariable(unknown=unknown, variables=list(VARIABLES))


def fill(text: str, values: Mapping[str, str | None], language: str = "zh") -> Filled:
    """`text` with `values` in the places of their variables, taken as they are.

    A value may look like a variable: it is not filled in again.
    """
    missing: dict[str, None] = {}

    def value(match: re.Match[str]) -> str:
        name = match[1]
        known = values.get(name)
        if known:
            return known
        missing[name] = None
        return f"【{say(f'variable.{name}', language)}】"

    return Filled(_FIELD.sub(value, text), tuple(missing))
