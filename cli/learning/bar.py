"""How far a training or a comparison is: a bar in a terminal, else a line a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from cli.texts import Text

Follow = Callable[[float, str], None]
"""Told how much is done (0–1) and with what."""


@contextmanager
def bar(console: Console, title: Text) -> Iterator[Follow]:
    """Shows progress for as long as the block runs."""
    if not console.is_terminal:
        yield _plain(console, title)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as shown:
        task = shown.add_task(escape(title.line), total=1.0)

        def follow(done: float, what: str) -> None:
            description = f"{title.line} · {what}" if what else title.line
            shown.update(task, completed=done, description=escape(description))

        yield follow


def _plain(console: Console, title: Text) -> Follow:
    last: str | None = None

    def follow(done: float, what: str) -> None:
        nonlocal last
        if what != last:
            line = f"{title.line} · {done:.0%}" + (f" · {what}" if what else "")
            console.print(line, markup=False, highlight=False, soft_wrap=True)
            last = what

    return follow
