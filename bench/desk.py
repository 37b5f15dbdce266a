"""Start time, training time, first answer and memory of a whole desk.

`python -m bench.desk [HOME]` starts a desk in an empty HOME (a temporary folder by default),
stops it, starts it again and asks one question. Figures of one run; run it more than once.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from tests.support.running_desk import RunningDesk
from tests.support.visitor import Visitor

QUESTION = "我的快递三天没动了怎么办"


def main() -> None:
    """Measure and print."""
    if len(sys.argv) > 1:
        report(Path(sys.argv[1]).resolve())
        return
    with tempfile.TemporaryDirectory() as home:
        report(Path(home))


def report(home: Path) -> None:
    """Measure in `home` and print two tables."""
    desk = RunningDesk(home)
    times = Table("step", "seconds", title="times")
    times.add_row("first start, training included", f"{_seconds(desk.start):.1f}")
    times.add_row("stop", f"{_seconds(desk.stop):.1f}")

    def start_and_ask() -> None:
        desk.start()
        with closing(Visitor(desk.url)) as visitor:
            visitor.ask(QUESTION)

    times.add_row("later start to first answer", f"{_seconds(start_and_ask):.1f}")
    memory = Table("process", "PSS MB", "RSS MB", title="memory after one question")
    for name, pid in sorted(desk.state["pids"].items()):
        shared, resident = _memory(pid)
        memory.add_row(name, f"{shared:.0f}", f"{resident:.0f}")
    desk.stop()
    console = Console()
    console.print(times)
    console.print(memory)


def _seconds(action: Callable[[], None]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _memory(pid: int) -> tuple[float, float]:
    """(PSS, RSS) in MB of a program; PostgreSQL with its children."""
    process = psutil.Process(pid)
    family = [process]
    if process.name() == "postgres":
        family += process.children(recursive=True)
    figures = [member.memory_full_info() for member in family]
    return sum(item.pss for item in figures) / 2**20, sum(item.rss for item in figures) / 2**20


if __name__ == "__main__":
    main()
