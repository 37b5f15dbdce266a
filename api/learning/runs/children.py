"""Long work in a process of its own, which ends with the one that started it."""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from pydantic import SecretStr

from api.processes import bound_to_parent
from api.settings import REPOSITORY, Settings

LOW_PRIORITY = 10
"""Of 19: customers' turns come first."""
_LOOK_SECONDS = 0.5


@asynccontextmanager
async def child(
    settings: Settings, module: str, *arguments: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m module arguments`; when the block ends, however it does, so has the process
    with everything it has started."""
    process = await asyncio.create_subprocess_exec(
        *bound_to_parent([sys.executable, "-m", module, *arguments], "KILL"),
        cwd=REPOSITORY,
        env=environment(settings),
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(process.wait())


def environment(settings: Settings) -> dict[str, str]:
    """What a process with the same settings is told."""
    told = {
        f"FENZHEN_{name.upper()}": _plain(value)
        for name, value in settings
        if value is not None and value != ()
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FENZHEN_")}
    return {**kept, **told, "PYTHONPATH": str(REPOSITORY)}


def be_a_child() -> None:
    """In the process itself: make way for others, and end when the parent is gone.

    The kernel sees to that on Linux; this is for where it does not. Sent SIGUSR1 it says on its
    standard error where each of its threads stands.
    """
    faulthandler.register(signal.SIGUSR1)
    os.nice(LOW_PRIORITY)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.killpg(0, signal.SIGKILL)


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return value.isoformat() if isinstance(value, datetime) else str(value)
