"""Moves of releases as pages and the command line ask for them.

The files are looked at first, while nothing is locked.
"""

from __future__ import annotations

from api.db import Database
from api.errors import NothingToRollBack, ReleaseIncomplete
from api.learning import releases
from api.learning.rollout import files, moves
from api.learning.rollout.moves import By
from api.models import Release
from api.settings import Settings


async def promote(
    database: Database, settings: Settings, number: int, by: By, override_reason: str | None = None
) -> Release:
    """As `moves.promote`; also raises ReleaseIncomplete."""
    await _check(database, settings, number)
    async with database.transaction() as tx:
        return await moves.promote(tx, number, by, override_reason=override_reason)


async def start_canary(
    database: Database,
    settings: Settings,
    number: int,
    share: float,
    by: By,
    override_reason: str | None = None,
) -> Release:
    """As `moves.start_canary`; also raises ReleaseIncomplete."""
    await _check(database, settings, number)
    async with database.transaction() as tx:
        return await moves.start_canary(tx, number, share, by, override_reason=override_reason)


async def roll_back(database: Database, settings: Settings, by: By) -> Release:
    """Bring back the release that was live before, the last whose files are whole.

    Raises NothingToRollBack.
    """
    async with database.transaction() as tx:
        before = await releases.before_live(tx)
    for release in before:
        try:
            await files.check(settings, release)
        except ReleaseIncomplete:
            continue
        async with database.transaction() as tx:
            return await moves.roll_back(tx, release.number, by)
    raise NothingToRollBack


async def _check(database: Database, settings: Settings, number: int) -> None:
    async with database.transaction() as tx:
        release = await releases.get(tx, number)
    await files.check(settings, release)
