"""The first training of a desk, before any worker runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from api.db import Database
from api.events import SilentBus
from api.i18n import say
from api.learning import releases
from api.learning.runs import service
from api.learning.runs.watching import carry_out
from api.models import TrainingRun
from api.settings import Settings

Progress = Callable[[str], None]
"""Told what is being done, in a few words."""


class NoRelease(Exception):
    """The training has failed; the text holds the end of its log."""


def ensure_first_release(settings: Settings, progress: Progress) -> int:
    """The number of the live release; trains one when there is none. Raises NoRelease."""
    return asyncio.run(_ensure(settings, progress))


def told_of(run: TrainingRun) -> str:
    """How far a training is, for people."""
    step = f" · {say(f'training_step.{run.step}')}" if run.step else ""
    return f"{run.progress:.0%}{step}"


async def _ensure(settings: Settings, progress: Progress) -> int:
    database = Database(settings.sqlalchemy_url, SilentBus(), pool=2)
    try:
        async with database.transaction() as tx:
            live = await releases.live(tx)
            if live is not None and releases.folder(settings, live.number).is_dir():
                return live.number
            left = await service.under_way(tx)
            if left is not None:  # of a start that was killed: nobody else works before the desk
                await service.settle(tx, left.id)
                await tx.flush()
            run = await service.begin(tx, "first")
        await carry_out(settings, database, run.id, follow=lambda each: progress(told_of(each)))
        async with database.transaction() as tx:
            ended = await service.get(tx, run.id)
        if ended.release is None:
            raise NoRelease(ended.log[-2000:])
        return ended.release
    finally:
        await database.dispose()
