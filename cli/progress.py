"""What a start looks like: a line a step with its time, a spinner where there is a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.texts import Text

Detail = Callable[[str], None]
"""Says what a long step is busy with."""


class Steps:
    """Prints steps; without a terminal, plain lines that read well in a log."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, text: Text) -> Iterator[Detail]:
        """One step; the block gets a function to say what it is doing."""
        begun = time.monotonic()
        if self._console.is_terminal:
            with self._console.status(escape(text.line)) as status:
                yield lambda detail: status.update(escape(f"{text.line} · {detail}"))
        else:
            yield self._plain(text)
        self._print(f"[green]✓[/] {escape(text.line)} [dim]{time.monotonic() - begun:.1f} s[/]")

    def say(self, text: Text, *, style: str = "") -> None:
        """Both languages, a line each."""
        self.line(str(text), style=style)

    def line(self, content: str, *, style: str = "") -> None:
        """Text as it is."""
        self._print(escape(content), style)

    def table(self, table: Table) -> None:
        """A table as it is."""
        self._console.print(table, highlight=False)

    def _print(self, markup: str, style: str = "") -> None:
        # long paths stay whole, and nothing is coloured for looking like a number
        self._console.print(markup, style=style, soft_wrap=True, highlight=False)

    def _plain(self, text: Text) -> Detail:
        last = ""

        def say(detail: str) -> None:
            nonlocal last
            if detail != last:
                self.line(f"  {text.line} · {detail}")
                last = detail

        return say
