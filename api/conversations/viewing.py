"""Who looks at which conversation right now: in Redis only, gone by itself, worth nothing later."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.auth.service import SignedIn

log = structlog.get_logger(__name__)

LOOKS_FOR_SECONDS = 25
"""Pages say every ten seconds that they look; two of these may be lost."""


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody of the staff who looks at a conversation."""

    id: UUID
    display_name: str
    typing: bool


async def look(redis: Redis, conversation_id: UUID, staff: SignedIn, *, typing: bool) -> bool:
    """Note that `staff` looks; True when who looks, or who types, is not as it was before."""
    key = _key(conversation_id)
    until = time.time() + LOOKS_FOR_SECONDS
    told = json.dumps({"until": until, "typing": typing, "name": staff.display_name})
    try:
        before = await redis.hget(key, str(staff.id))
        async with redis.pipeline() as pipeline:
            pipeline.hset(key, str(staff.id), told)
            pipeline.expire(key, LOOKS_FOR_SECONDS)
            await pipeline.execute()
    except (RedisError, OSError) as error:
        log.warning("viewing.not_noted", error=type(error).__name__)
        return False
    known = _looker(str(staff.id), before, time.time()) if before is not None else None
    return known is None or known.typing != typing


async def lookers(redis: Redis, ids: Sequence[UUID]) -> dict[UUID, list[Looker]]:
    """Who looks at each of these conversations; nobody while Redis is away."""
    if not ids:
        return {}
    try:
        async with redis.pipeline(transaction=False) as pipeline:
            for conversation_id in ids:
                pipeline.hgetall(_key(conversation_id))
            found = await pipeline.execute()
    except (RedisError, OSError) as error:
        log.warning("viewing.unknown", error=type(error).__name__)
        return {}
    moment = time.time()
    read = {
        conversation_id: [_looker(staff_id, raw, moment) for staff_id, raw in fields.items()]
        for conversation_id, fields in zip(ids, found, strict=True)
    }
    return {
        conversation_id: sorted(
            (looker for looker in known if looker is not None), key=lambda looker: looker.id
        )
        for conversation_id, known in read.items()
    }


def _key(conversation_id: UUID) -> str:
    return f"fenzhen:viewing:{conversation_id}"


def _looker(staff_id: str | bytes, raw: str | bytes, moment: float) -> Looker | None:
    told = json.loads(raw)
    if told["until"] < moment:
        return None
    name = staff_id.decode() if isinstance(staff_id, bytes) else staff_id
    return Looker(UUID(name), told["name"], told["typing"])
