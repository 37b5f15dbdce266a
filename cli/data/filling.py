"""What a fill looks like: how far it is, how fast, and how long it will still take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from cli import texts
from cli.output import console

_SPEED_SECONDS = 60
"""The rate and the rest are estimated from so many of the last seconds."""


class _Rate(ProgressColumn):
    """Messages a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="progress.data.speed")


class Filling:
    """Shows a bar for the messages, and one for the indexes once they are made."""

    def __init__(self, progress: Progress, messages: int) -> None:
        self._progress = progress
        self._writing = progress.add_task(texts.FILLING.line, total=messages)
        self._indexes = progress.add_task(texts.STEP_INDEX.line, total=None, visible=False)

    def written(self, count: int) -> None:
        """So many messages more."""
        self._progress.advance(self._writing, count)

    def indexed(self, made: int, of: int) -> None:
        """So many of the indexes are there."""
        self._progress.update(self._indexes, completed=made, total=of, visible=True)


@contextmanager
def shown(messages: int) -> Iterator[Filling]:
    """As long as the block; nothing where there is no terminal."""
    said = console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=said,
        disable=not said.is_terminal,
        speed_estimate_period=_SPEED_SECONDS,
    )
    with progress:
        yield Filling(progress, messages)
