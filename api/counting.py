"""Moving windows counted in Redis for all api processes, or by each for itself while it is away."""

from __future__ import annotations

import structlog
from limits import RateLimitItem
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

_AWAY = (RedisError, OSError)


class Rates:
    """Counts what somebody asks for. An emptied Redis begins to count anew."""

    def __init__(self, redis: Redis) -> None:
        shared = RedisStorage(
            "redis://",
            implementation="redispy",
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]  # documented
        )
        self._shared = MovingWindowRateLimiter(shared)
        self._own = MovingWindowRateLimiter(MemoryStorage())

    async def hit(self, limit: RateLimitItem, *who: str) -> bool:
        """Count one more; False, and not counted, above the limit."""
        try:
            return await self._shared.hit(limit, *who)
        except _AWAY as error:
            log.warning("rates.redis_away", error=type(error).__name__)
            return await self._own.hit(limit, *who)

    async def forget(self, limit: RateLimitItem, *who: str) -> None:
        """Begin to count anew."""
        await self._own.clear(limit, *who)
        try:
            await self._shared.clear(limit, *who)
        except _AWAY as error:
            log.warning("rates.redis_away", error=type(error).__name__)
