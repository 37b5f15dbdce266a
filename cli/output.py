"""What every command shows: sentences, tables, JSON, refusals."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console


def console(*, stderr: bool = False) -> Console:
    """Where people read; `stderr` for what is beside the result."""
    stream = sys.stderr if stderr else sys.stdout
    # a log or a pipe has no width of its own, and half a path helps nobody
    return Console(stderr=stderr, width=None if stream.isatty() else 140)


def print_json(data: object) -> None:
    """The result for programs."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


@contextmanager
def refusals() -> Iterator[None]:
    """Show a refusal as its sentence and end with exit code 1."""
    from cli.errors import Refused

    try:
        yield
    except Refused as refusal:
        err = console(stderr=True)
        err.print(str(refusal.text), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
