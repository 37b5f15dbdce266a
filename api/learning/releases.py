"""Releases: which one is live, and where its files are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import case, exists, select

from api.db import Transaction
from api.errors import NotFound
from api.models import Release, ReleaseMove
from api.settings import Settings

MODEL = "model.tar.gz"
CLASSIFIER = "classifier"
LIVE = "live"
CANARY = "canary"
"""State of the release on trial, and track of the conversations that it answers."""


def folder(settings: Settings, number: int) -> Path:
    """Files of release `number`: `model.tar.gz` (Rasa), `classifier/`, `data/`."""
    return settings.releases / str(number)


async def live(tx: Transaction) -> Release | None:
    """The release that answers customers."""
    return await tx.scalar(select(Release).where(Release.state == LIVE))


async def canary(tx: Transaction) -> Release | None:
    """The release on trial beside the live one."""
    return await tx.scalar(select(Release).where(Release.state == CANARY))


async def before_live(tx: Transaction) -> Sequence[Release]:
    """Where a rollback leads: the releases that were live before the live one, the last first,
    without those that were taken back themselves.

    Going back leaves `promoted_at` as it was, so that another step leads further back.
    """
    since = select(Release.promoted_at).where(Release.state == LIVE).scalar_subquery()
    taken_back = exists().where(
        ReleaseMove.action == "rollback",
        ReleaseMove.before == Release.number,
        ReleaseMove.created_at > Release.promoted_at,
    )
    query = (
        select(Release)
        .where(Release.state.not_in((LIVE, CANARY)), Release.promoted_at < since, ~taken_back)
        .order_by(Release.promoted_at.desc())
    )
    return (await tx.scalars(query)).all()


async def of_model(tx: Transaction, model_hash: str) -> Release | None:
    """The release that a Rasa model belongs to, of several the one that answers or is the newest;
    None for a model that is no release's.
    """
    at_work = case((Release.state.in_((LIVE, CANARY)), 0), else_=1)
    query = select(Release).where(Release.model_hash == model_hash)
    return await tx.scalar(query.order_by(at_work, Release.number.desc()).limit(1))


async def number_of(tx: Transaction, model_hash: str | None) -> int | None:
    """The number of `of_model`."""
    found = await of_model(tx, model_hash) if model_hash else None
    return found.number if found else None


async def listing(tx: Transaction) -> Sequence[Release]:
    """All releases, newest first."""
    return (await tx.scalars(select(Release).order_by(Release.number.desc()))).all()


async def get(tx: Transaction, number: int, *, lock: bool = False) -> Release:
    """The release; raises NotFound."""
    release = await tx.get(Release, number, with_for_update=lock, populate_existing=lock)
    if release is None:
        raise NotFound
    return release
