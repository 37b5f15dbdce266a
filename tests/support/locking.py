"""Two transactions at once, one of which waits for the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

from tests.support.rig import Rig
from tests.support.waiting import eventually

T = TypeVar("T")

_WAITING = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'"""


@asynccontextmanager
async def while_waiting(rig: Rig, work: Awaitable[T]) -> AsyncIterator[asyncio.Future[T]]:
    """Begin `work`; the block begins once a transaction waits for a lock, and the work is over when
    the caller awaits what the block is given."""
    running = asyncio.ensure_future(work)
    try:
        await eventually(lambda: rig.scalar(_WAITING), "a transaction that waits")
        yield running
    finally:
        running.cancel()
