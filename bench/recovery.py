"""How long a kill -9 of each program is felt, and how soon a customer hears that the bot is away.

`python -m bench.recovery HOME` starts a desk in HOME, kills each program once, and prints the
seconds until every part is well again; then Rasa hangs and a customer asks something.
"""

from __future__ import annotations

import signal
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from tests.support.running_desk import RunningDesk, running_desk
from tests.support.visitor import Visitor

PROGRAMS = ("worker", "actions", "api", "redis", "postgres", "rasa")
PATIENCE_SECONDS = 120


def main() -> None:
    """Measure and print."""
    table = Table("what happens", "seconds until", "measured")
    with running_desk(Path(sys.argv[1]).resolve()) as desk:
        for program in PROGRAMS:
            table.add_row(
                f"kill -9 {program}", "every part is well", f"{_recovery(desk, program):.1f}"
            )
        table.add_row("rasa hangs", "the customer is told", f"{_told(desk):.1f}")
    Console().print(table)


def _recovery(desk: RunningDesk, program: str) -> float:
    started = time.perf_counter()
    desk.wait_restarted(program, desk.kill(program), PATIENCE_SECONDS)
    return time.perf_counter() - started


def _told(desk: RunningDesk) -> float:
    process = psutil.Process(desk.pid("rasa"))
    with closing(Visitor(desk.url)) as visitor:
        process.send_signal(signal.SIGSTOP)
        try:
            started = time.perf_counter()
            visitor.ask("我的快递三天没动了怎么办", author="system")
            return time.perf_counter() - started
        finally:
            process.send_signal(signal.SIGCONT)


if __name__ == "__main__":
    main()
