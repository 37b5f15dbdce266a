"""Releases: which one is live, where its files are, and promotion."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select, update

from api.db import Transaction
from api.errors import NotFound
from api.ids import now
from api.models import Release
from api.settings import Settings

MODEL = "model.tar.gz"


def folder(settings: Settings, number: int) -> Path:
    """Files of release `number`: `model.tar.gz` (Rasa), `classifier/`, `data/`."""
    return settings.releases / str(number)


async def live(tx: Transaction) -> Release | None:
    """The release that answers customers."""
    return await tx.scalar(select(Release).where(Release.state == "live"))


async def number_of(tx: Transaction, model_hash: str | None) -> int | None:
    """The release a Rasa model belongs to; None for a model that is no release's."""
    return await tx.scalar(select(Release.number).where(Release.model_hash == model_hash).limit(1))


async def listing(tx: Transaction) -> Sequence[Release]:
    """All releases, newest first."""
    return (await tx.scalars(select(Release).order_by(Release.number.desc()))).all()


async def promote(tx: Transaction, number: int) -> Release:
    """Make `number` the live release and retire the one before; raises NotFound."""
    release = await tx.get(Release, number, with_for_update=True)
    if release is None:
        raise NotFound
    await tx.execute(
        update(Release)
        .where(Release.state == "live", Release.number != number)
        .values(state="retired")
    )
    release.state = "live"
    release.promoted_at = now()
    return release
