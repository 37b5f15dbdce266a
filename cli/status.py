"""`fenzhen status`: what the supervisor says about each program."""

from __future__ import annotations

from datetime import timedelta
from http.client import HTTPException

from rich.console import Console
from rich.table import Table

from cli import state, texts
from cli.errors import Refused
from cli.home import Home
from cli.readiness import not_ready
from cli.supervise import Running, Supervisor


def read_status(home: Home) -> tuple[state.State, list[Running]]:
    """The running desk and its programs; `Refused` if none runs on this home."""
    known = state.load(home.state)
    if known is not None:
        try:
            return known, Supervisor(home).running()
        except (OSError, HTTPException):
            pass
    raise Refused(texts.NOT_RUNNING.fill(home=home.root))


def status_data(home: Home) -> dict[str, object]:
    """The same for programs that read JSON."""
    known, running = read_status(home)
    return {
        "url": known.url,
        "not_ready": not_ready(known.url),
        "programs": {
            item.name: {"state": item.state, "pid": item.pid, "seconds": item.seconds}
            for item in running
        },
    }


def print_status(home: Home, console: Console) -> None:
    """A table of the programs, and what is not ready."""
    known, running = read_status(home)
    table = Table(title=known.url)
    table.add_column(texts.PROGRAM.line)
    table.add_column(texts.STATE.line)
    table.add_column(texts.PID.line, justify="right")
    table.add_column(texts.UPTIME.line, justify="right")
    for item in running:
        style = "" if item.state == "RUNNING" else "yellow"
        uptime = str(timedelta(seconds=item.seconds))
        table.add_row(item.name, item.state, str(item.pid or "–"), uptime, style=style)
    console.print(table)
    missing = not_ready(known.url)
    if missing:
        console.print(texts.PARTS_NOT_READY.fill(parts=", ".join(missing)).line, style="yellow")
    else:
        console.print(texts.READY.line, style="green")
