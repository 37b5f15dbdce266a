"""Which api processes have an open console of whom: in Redis only, gone by itself.

It answers one question: may the process that closed its last console of somebody say goodbye for
them, or do they still have one open elsewhere? While Redis is away nobody says goodbye, and the
missing signs of life do.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

OPEN_FOR_SECONDS = 25
"""Two signs of life may be lost."""


async def note_open(redis: Redis, process: str, staff_ids: Collection[UUID]) -> None:
    """This process has consoles of these people open."""
    until = str(time.time() + OPEN_FOR_SECONDS)
    try:
        async with redis.pipeline(transaction=False) as pipeline:
            for staff_id in staff_ids:
                pipeline.hset(_key(staff_id), process, until)
                pipeline.expire(_key(staff_id), OPEN_FOR_SECONDS)
            await pipeline.execute()
    except (RedisError, OSError) as error:
        log.warning("consoles.not_noted", error=type(error).__name__)


async def note_closed(redis: Redis, process: str, staff_id: UUID) -> bool:
    """This process has none of theirs open any more; True when surely no other has one either.

    Where its own note is gone Redis was emptied, and others' may be gone too.
    """
    try:
        if not await redis.hdel(_key(staff_id), process):
            return False
        others = await redis.hvals(_key(staff_id))
    except (RedisError, OSError) as error:
        log.warning("consoles.unknown", error=type(error).__name__)
        return False
    return all(float(until) < time.time() for until in others)


def _key(staff_id: UUID) -> str:
    return f"fenzhen:consoles:{staff_id}"
