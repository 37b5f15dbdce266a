"""Which entries the bot can tell: those that the live release was trained with."""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache
from pathlib import Path

from api.db import Transaction
from api.learning import releases
from api.settings import Settings

Learned = frozenset[str] | None
"""Keys of entries; None: not known."""


async def learned_keys(tx: Transaction, settings: Settings) -> Learned:
    """The entries the live release has learned; none without one, not known where its data is gone
    or damaged."""
    release = await releases.live(tx)
    if release is None:
        return frozenset()
    folder = releases.folder(settings, release.number)
    try:
        return await asyncio.to_thread(_keys, folder / "data" / "knowledge.json")
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=4)
def _keys(path: Path) -> frozenset[str]:
    """A release never learns another entry, so that its file is read once."""
    return frozenset(entry["key"] for entry in json.loads(path.read_text("utf-8")))
