"""What a training's process says of itself, written into its row about once a second."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from sqlalchemy.exc import OperationalError

from api.db import Database
from api.ids import now
from api.learning.runs import service
from api.models import TrainingRun

WEIGHTS: Mapping[str, float] = {
    "snapshot": 0.02,
    "models": 0.68,
    "evaluation": 0.15,
    "comparison": 0.10,
    "replay": 0.05,
}
"""How much of a training each step is, about, in the order they come."""
_WRITE_SECONDS = 0.7


def progress_of(step: str, part: float) -> float:
    """How much of the whole is done when `part` (0–1) of a step is."""
    names = list(WEIGHTS)
    before = sum(WEIGHTS[name] for name in names[: names.index(step)])
    return min(1.0, before + WEIGHTS[step] * min(max(part, 0.0), 1.0))


class Reporter:
    """Takes what threads say; `written` keeps the row up to date meanwhile."""

    def __init__(self, database: Database, run_id: UUID) -> None:
        self._database = database
        self._run_id = run_id
        self._lock = threading.Lock()
        self._step = next(iter(WEIGHTS))
        self._part = 0.0
        self._lines: list[str] = []

    def step(self, name: str) -> None:
        """The next step begins."""
        with self._lock:
            self._step, self._part = name, 0.0
        self.log(f"[{name}]")

    def part(self, done: float) -> None:
        """So much of the step is done (0–1); it never goes back."""
        with self._lock:
            self._part = max(self._part, done)

    def log(self, line: str) -> None:
        """A line of the log, with its time (UTC; shown in the desk's zone)."""
        with self._lock:
            self._lines.append(f"{now():%H:%M:%S} {line}")

    @asynccontextmanager
    async def written(self) -> AsyncIterator[None]:
        """Write what is said while the block runs, and all of it at the end."""
        writing = asyncio.create_task(self._write_on())
        try:
            yield
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
            await self.write()

    async def write(self) -> None:
        """Write now."""
        with self._lock:
            lines, self._lines = self._lines, []
            step, progress = self._step, progress_of(self._step, self._part)
        async with self._database.transaction() as tx:
            run = await service.get(tx, self._run_id, lock=True)
            if run.state not in service.OPEN:
                return
            changed = bool(lines) or (run.step, run.progress) != (step, progress)
            run.heartbeat_at = now()
            if changed:
                _note(run, step, progress, lines)
                service.told(tx, run.id)

    async def _write_on(self) -> None:
        while True:
            await asyncio.sleep(_WRITE_SECONDS)
            with suppress(OperationalError):  # away for a moment: the next time
                await self.write()


def _note(run: TrainingRun, step: str, progress: float, lines: list[str]) -> None:
    run.step, run.progress = step, progress
    run.log = "".join([run.log, *(f"{line}\n" for line in lines)])[-service.LONGEST_LOG :]
