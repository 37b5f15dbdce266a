"""Going live and back from the command line."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console

from api.errors import GateBlocked
from api.learning.rollout import commands
from api.learning.rollout.moves import By
from api.settings import Settings
from cli import texts
from cli.learning.desk import opened
from cli.texts import Text


@dataclass(frozen=True)
class Moved:
    """What became of a wish: the release it was about, and what the gate has against it."""

    action: str
    release: int
    blocked: list[dict[str, Any]] = field(default_factory=list)


async def promote(settings: Settings, number: int, force: str | None) -> Moved:
    """Make a release live through the gate, or past it with a reason."""
    async with opened(settings) as database:
        by = By(reason="fenzhen promote")
        try:
            await commands.promote(database, settings, number, by, force)
        except GateBlocked as blocked:
            return Moved("promote", number, blocked.details["reasons"])
    return Moved("promote", number)


async def roll_back(settings: Settings, reason: str | None) -> Moved:
    """Bring back the release that was live before."""
    async with opened(settings) as database:
        by = By(reason=reason or "fenzhen rollback")
        release = await commands.roll_back(database, settings, by)
    return Moved("rollback", release.number)


def as_data(moved: Moved) -> dict[str, Any]:
    """For programs."""
    return {**asdict(moved), "live": not moved.blocked}


def print_moved(console: Console, moved: Moved) -> None:
    """In words."""
    said: dict[str, Text] = {"promote": texts.PROMOTED, "rollback": texts.ROLLED_BACK}
    if not moved.blocked:
        line = str(said[moved.action].fill(number=moved.release))
        console.print(line, markup=False, highlight=False)
        return
    console.print(texts.GATE_BLOCKED.line, style="red", highlight=False)
    for reason in moved.blocked:
        line = ", ".join(f"{name} {value}" for name, value in reason.items())
        console.print(f"  {line}", markup=False, highlight=False)
