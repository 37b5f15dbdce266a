"""Are the files of a release there, and whole?"""

from __future__ import annotations

import asyncio
import hashlib
from functools import lru_cache
from pathlib import Path

from api.db import Transaction
from api.errors import ReleaseIncomplete
from api.learning import releases
from api.models import Release
from api.settings import Settings
from classifier.store import ModelError, verify_model


async def check(settings: Settings, release: Release) -> None:
    """Raises ReleaseIncomplete unless model and classifier are what the training has made."""
    await asyncio.to_thread(_check, settings, release.number, release.model_hash)


async def check_classifier(settings: Settings, number: int) -> None:
    """Raises ModelError and OSError unless the classifier is what the training has made.

    Cheap while its files stay as they are.
    """
    folder = releases.folder(settings, number) / releases.CLASSIFIER
    await asyncio.to_thread(_check_classifier, folder)


def _check_classifier(folder: Path) -> None:
    found = ((path.name, path.stat()) for path in sorted(folder.iterdir()))
    _verified(folder, tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found))


@lru_cache(maxsize=8)
def _verified(folder: Path, _stamp: tuple[tuple[str, int, int], ...]) -> None:
    verify_model(folder, "triage")


async def is_gone(settings: Settings, number: int) -> bool:
    """Whether there is no such folder any more.

    One that is there and cannot be read is not gone: whoever looks after the desk mends that.
    """
    return await asyncio.to_thread(_is_gone, releases.folder(settings, number))


async def none_left(tx: Transaction, settings: Settings, live: Release) -> bool:
    """Whether the files of `live` are gone, and those of all releases that were live before."""
    if not await is_gone(settings, live.number):
        return False
    for release in await releases.before_live(tx):
        try:
            await check(settings, release)
        except ReleaseIncomplete:
            continue
        return False
    return True


def _is_gone(folder: Path) -> bool:
    try:
        folder.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _check(settings: Settings, number: int, model_hash: str) -> None:
    folder = releases.folder(settings, number)
    try:
        with (folder / releases.MODEL).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        verify_model(folder / releases.CLASSIFIER, "triage")
    except (OSError, ModelError) as error:
        raise ReleaseIncomplete(release=number, reason=type(error).__name__) from error
    if found != model_hash:
        raise ReleaseIncomplete(release=number, reason="model_changed")
