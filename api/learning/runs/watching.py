"""A training's process, watched until it has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from api.db import Database
from api.learning.runs import folders, service
from api.learning.runs.children import child
from api.models import TrainingRun
from api.settings import Settings

log = structlog.get_logger(__name__)

MODULE = "api.learning.runs"
ELSEWHERE = 75
"""Exit code of a process that found another one at work: that one will end the training."""
_LOOK_SECONDS = 0.5
_LAST_SECONDS = 5.0
"""A process that has noted its end may clear up for so long."""
ATTEMPTS = 2
"""A training whose worker was lost is begun again once."""

Follow = Callable[[TrainingRun], None]
"""Told the training as it stands, about twice a second."""


async def carry_out(
    settings: Settings,
    database: Database,
    run_id: UUID,
    *,
    attempt: int = 0,
    follow: Follow | None = None,
) -> None:
    """Train until the training is done, failed or cancelled; nothing of it runs on afterwards.

    When this very process is killed, the training's process ends with it and its row stays as it
    is: the queue calls again with the next `attempt`, up to `ATTEMPTS`.
    """
    async with database.transaction() as tx:
        if attempt >= ATTEMPTS:
            await service.settle(tx, run_id)
            return
        if not await service.take_up(tx, run_id, again=attempt > 0):
            return
    async with child(settings, MODULE, str(run_id)) as process:
        await _watch(database, run_id, process.wait, follow)
    if process.returncode == ELSEWHERE:
        log.warning("training.elsewhere", run=str(run_id))
        return
    folders.clear(settings.releases, run_id)
    async with database.transaction() as tx:
        await service.settle(tx, run_id)
        run = await service.get(tx, run_id)
    if follow is not None:
        follow(run)
    log.info("training.ended", run=str(run_id), state=run.state, problem=run.problem)


async def _watch(
    database: Database,
    run_id: UUID,
    end: Callable[[], Awaitable[int]],
    follow: Follow | None,
) -> None:
    """Until the process has ended or somebody wants it to."""
    ended = asyncio.ensure_future(end())
    try:
        while not ended.done():
            async with database.transaction() as tx:
                run = await service.get(tx, run_id)
            if follow is not None:
                follow(run)
            if run.cancel_asked:
                return
            over = run.state not in service.OPEN
            await asyncio.wait([ended], timeout=_LAST_SECONDS if over else _LOOK_SECONDS)
            if over:
                return
    finally:
        ended.cancel()
