"""Which releases a process has to have at hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from api.db import Database, Transaction
from api.learning import releases
from api.learning.labelling import Files
from api.models import Release
from api.settings import Settings


async def releases_at_work(
    tx: Transaction, settings: Settings, answering: Mapping[str, str]
) -> tuple[list[Files], dict[str, int]]:
    """Live, canary, the one that a rollback would bring back, and those with which the bot answers
    (`answering`: its models by track); and the numbers of the first two by track.
    """
    live, canary = await releases.live(tx), await releases.canary(tx)
    before = (await releases.before_live(tx))[:1]
    others = [await releases.of_model(tx, model) for model in answering.values()]
    tracks = {
        track: release.number
        for track, release in ((releases.LIVE, live), (releases.CANARY, canary))
        if release is not None
    }
    found = {each.number: each for each in (live, canary, *others, *before) if each is not None}
    return [files_of(settings, release) for release in found.values()], tracks


def files_of(settings: Settings, release: Release) -> Files:
    """Where the classifier of `release` is."""
    folder = releases.folder(settings, release.number) / releases.CLASSIFIER
    return Files(release.number, release.model_hash, folder)


def finder(database: Database, settings: Settings) -> Callable[[str], Awaitable[Files | None]]:
    """Looks up the release of a model of the bot."""

    async def find(model: str) -> Files | None:
        async with database.transaction() as tx:
            release = await releases.of_model(tx, model)
        return files_of(settings, release) if release is not None else None

    return find
