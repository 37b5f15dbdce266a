"""The first training of a desk, before any worker runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from api.audit.keys import keys_of
from api.db import Database
from api.errors import NothingToRollBack
from api.events import SilentBus
from api.i18n import say
from api.learning import releases
from api.learning.rollout import commands, files
from api.learning.rollout.moves import By
from api.learning.runs import service
from api.learning.runs.watching import carry_out
from api.learning.runs.work import LIVE_IS_GONE
from api.models import TrainingRun
from api.settings import Settings

Progress = Callable[[str], None]
"""Told what is being done, in a few words."""


class NoRelease(Exception):
    """The training has failed; the text holds the end of its log."""


def ensure_first_release(settings: Settings, progress: Progress) -> int:
    """The number of the live release. Raises NoRelease.

    Without one, or when its files are gone, the one before is taken back, or one is trained.
    """
    return asyncio.run(_ensure(settings, progress))


async def _taken_back(database: Database, settings: Settings) -> int | None:
    """The release before the one whose files are gone, if its own are whole."""
    try:
        return (await commands.roll_back(database, settings, By(reason=LIVE_IS_GONE))).number
    except NothingToRollBack:
        return None


def told_of(run: TrainingRun) -> str:
    """How far a training is, for people."""
    step = f" · {say(f'training_step.{run.step}')}" if run.step else ""
    return f"{run.progress:.0%}{step}"


async def _ensure(settings: Settings, progress: Progress) -> int:
    database = Database(settings.sqlalchemy_url, SilentBus(), 2, keys_of(settings))
    try:
        async with database.transaction() as tx:
            live = await releases.live(tx)
            lost = live is not None and await files.is_gone(settings, live.number)
            if live is not None and not lost:
                return live.number
        if lost and (back := await _taken_back(database, settings)) is not None:
            return back
        async with database.transaction() as tx:
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
