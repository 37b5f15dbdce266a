"""`run/state.json`: what runs, for tools, for tests, and for clearing up after a crash."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from cli.home import write_private

UP = "up"
"""The name `fenzhen up` itself goes by; it is never ended from here."""


@dataclass(frozen=True)
class Process:
    """One process; a pid alone may be another's by now."""

    pid: int
    created: float

    def find(self) -> psutil.Process | None:
        """The process itself, if it is still the same one."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < 1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


@dataclass(frozen=True)
class State:
    """A running desk: its address, ports and processes (program → process)."""

    url: str
    ports: Mapping[str, int]
    pids: Mapping[str, int] = field(default_factory=dict)
    created: Mapping[str, float] = field(default_factory=dict)

    def with_pids(self, pids: Mapping[str, int]) -> State:
        """The same desk with the processes it has now."""
        created = {}
        for name, pid in pids.items():
            with suppress(psutil.Error):
                created[name] = psutil.Process(pid).create_time()
        return State(self.url, self.ports, pids, created)

    @property
    def processes(self) -> dict[str, Process]:
        """The processes by program."""
        return {name: Process(self.pids[name], created) for name, created in self.created.items()}


def save(path: Path, state: State) -> None:
    """Write the file whole."""
    write_private(path, json.dumps(asdict(state), indent=2) + "\n")


def load(path: Path) -> State | None:
    """The last state written, or None if there is none to be read."""
    try:
        return State(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def end_left_over(state: State | None, seconds: float = 8) -> list[str]:
    """End what a crashed desk left running, gently first; the names of what had to be killed."""
    if state is None:
        return []
    processes = {
        name: process
        for name, known in state.processes.items()
        if name != UP and (process := known.find())
    }
    if not processes:
        return []
    below = [child for process in processes.values() for child in _children(process)]
    # supervisord would start again what ends before it does
    first = processes.get("supervisord")
    if first is not None:
        _kill([first])
    for name, process in processes.items():
        with suppress(psutil.Error):
            process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
    _, alive = psutil.wait_procs([*processes.values(), *below], timeout=seconds)
    _kill(alive)
    psutil.wait_procs(alive, timeout=2)
    stubborn = {process.pid for process in alive}
    return [name for name, process in processes.items() if process.pid in stubborn]


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _kill(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
