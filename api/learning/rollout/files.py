"""Are the files of a release whole?"""

from __future__ import annotations

import asyncio
import hashlib

from api.errors import ReleaseIncomplete
from api.learning import releases
from api.models import Release
from api.settings import Settings
from classifier.store import ModelError, verify_model


async def check(settings: Settings, release: Release) -> None:
    """Raises ReleaseIncomplete unless model and classifier are what the training has made."""
    await asyncio.to_thread(_check, settings, release.number, release.model_hash)


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
