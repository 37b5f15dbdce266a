"""Health: is this process alive, and is the whole desk ready?"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
from fastapi import APIRouter, Response
from pydantic import BaseModel
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.connections import tls
from api.context import Desk, DeskDep
from api.learning import releases
from api.learning.rollout import files
from classifier.store import ModelError

router = APIRouter(prefix="/health", tags=["health"])

_WORKER_SILENT = timedelta(seconds=10)


class Part(BaseModel):
    """One part of the desk."""

    ok: bool
    detail: str = ""


class Readiness(BaseModel):
    """`ready` when every part is."""

    ready: bool
    parts: dict[str, Part]


@router.get("/live")
async def live() -> dict[str, str]:
    """This process answers."""
    return {"status": "ok"}


@router.get("/ready", responses={503: {"model": Readiness}})
async def ready(response: Response, desk: DeskDep) -> Readiness:
    """Every part's state; 503 unless all are well."""
    names = ("database", "worker", "release", "redis", "bot", "actions")
    states = await asyncio.gather(
        _database(desk), _worker(desk), _release(desk), _redis(desk), _bot(desk), _actions(desk)
    )
    parts = dict(zip(names, states, strict=True))
    whole = all(part.ok for part in states)
    response.status_code = 200 if whole else 503
    return Readiness(ready=whole, parts=parts)


async def _database(desk: Desk) -> Part:
    try:
        async with desk.database.transaction() as tx:
            await tx.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        return Part(ok=False, detail=type(error).__name__)
    return Part(ok=True)


async def _worker(desk: Desk) -> Part:
    """A worker has shown a sign of life just now."""
    query = text("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - :age")
    try:
        async with desk.database.transaction() as tx:
            count = await tx.scalar(query, {"age": _WORKER_SILENT})
    except (SQLAlchemyError, OSError) as error:
        return Part(ok=False, detail=type(error).__name__)
    return Part(ok=bool(count), detail=f"{count} running")


async def _release(desk: Desk) -> Part:
    """There is a live release, and the classifiers of those that answer are whole.

    One that cannot be read leaves messages with the labels of another release.
    """
    try:
        async with desk.database.transaction() as tx:
            found, canary = await releases.live(tx), await releases.canary(tx)
    except (SQLAlchemyError, OSError) as error:
        return Part(ok=False, detail=type(error).__name__)
    if found is None:
        return Part(ok=False, detail="none")
    for release in (found, canary):
        if release is None:
            continue
        try:
            await files.check_classifier(desk.settings, release.number)
        except (ModelError, OSError):
            return Part(ok=False, detail=f"release {release.number}: classifier unreadable")
    return Part(ok=True, detail=f"release {found.number}")


async def _redis(desk: Desk) -> Part:
    try:
        await desk.redis.exists("health")
    except (RedisError, OSError) as error:
        return Part(ok=False, detail=type(error).__name__)
    return Part(ok=True)


async def _bot(desk: Desk) -> Part:
    return Part(ok=await desk.assistant.healthy())


async def _actions(desk: Desk) -> Part:
    try:
        async with httpx.AsyncClient(timeout=2, trust_env=False, verify=tls()) as client:
            answer = await client.get(f"{desk.settings.actions_url}/health")
    except httpx.HTTPError as error:
        return Part(ok=False, detail=type(error).__name__)
    return Part(ok=answer.is_success)
