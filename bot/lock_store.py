"""Rasa's lock store: one turn of a conversation at a time, held in Redis.

Rasa's own Redis store keeps a queue of tickets, blocks the event loop for five round trips a turn
and leaves a killed process's ticket standing for a minute. Here a lock is one key that expires by
itself. Redis may be emptied at any time: the worker runs one turn of a conversation at a time
anyway (design §2), the lock only guards against a second worker that thinks the first is dead.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import EndpointConfig
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

_RELEASE = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0
"""
_POLL_SECONDS = 0.05


class RedisTurnLock(LockStore):
    """A lock a conversation. Settings: `host`, `port`, `password`, `db`, `timeout`, `lifetime`,
    `wait` (the last three in seconds; `lifetime` must be longer than a turn may take).
    """

    def __init__(self, endpoint_config: EndpointConfig) -> None:
        settings = endpoint_config.kwargs
        timeout = float(settings.get("timeout", 1.0))
        self._lifetime = float(settings.get("lifetime", 15.0))
        self._wait = float(settings.get("wait", 3.0))
        self._redis = Redis(
            host=settings.get("host", "127.0.0.1"),
            port=int(settings.get("port", 6379)),
            db=int(settings.get("db", 0)),
            password=settings.get("password") or None,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 1),  # a connection that died with a restart of Redis
            retry_on_error=[RedisConnectionError],
        )

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float | None = None,
        wait_time_in_seconds: float | None = None,
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the lock of `conversation_id`.

        Raises `LockError` when it stays taken or Redis does not answer.
        """
        key, owner = f"rasa:turn:{conversation_id}", secrets.token_hex(8)
        lifetime = int(1000 * (lock_lifetime or self._lifetime))
        await self._acquire(key, owner, lifetime, wait_time_in_seconds or self._wait)
        try:
            yield TicketLock(conversation_id)
        finally:
            with suppress(RedisError, asyncio.TimeoutError):  # it expires by itself
                await self._redis.eval(_RELEASE, 1, key, owner)

    async def _acquire(self, key: str, owner: str, lifetime: int, wait: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait
        while True:
            try:
                if await self._redis.set(key, owner, nx=True, px=lifetime):
                    return
            except (RedisError, OSError, asyncio.TimeoutError) as error:
                raise LockError(f"lock store: {type(error).__name__}") from error
            if loop.time() >= deadline:
                raise LockError("another turn of this conversation is running")
            await asyncio.sleep(_POLL_SECONDS)
