"""Why an account's last callback was refused, kept for a day so that admins can be told."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.ids import now

_KEPT_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Refusal:
    """`reason` as `CallbackRefused` and `CallbackUnreadable` name it; `at` in ISO 8601."""

    reason: str
    at: str

    @property
    def moment(self) -> datetime:
        """When it was."""
        return datetime.fromisoformat(self.at)


async def note(redis: Redis, account_id: UUID, reason: str) -> None:
    """Keep the reason of a refusal; while Redis is away it is not kept."""
    value = json.dumps(asdict(Refusal(reason, now().isoformat())))
    with suppress(RedisError, OSError):
        await redis.set(_name(account_id), value, ex=_KEPT_SECONDS)


async def last(redis: Redis, account_id: UUID) -> Refusal | None:
    """The last refusal of the day, if any is known."""
    try:
        raw = await redis.get(_name(account_id))
    except (RedisError, OSError):
        return None
    return Refusal(**json.loads(raw)) if raw else None


def _name(account_id: UUID) -> str:
    return f"fenzhen:wechat:refused:{account_id}"
