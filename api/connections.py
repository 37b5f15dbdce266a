"""Redis clients with time limits: a Redis that is away must not hold anybody up."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from api.settings import Settings


def redis(settings: Settings) -> Redis:
    """Client for publishing and limits: answers or fails within half a second."""
    return Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_connect_timeout=0.5,
        socket_timeout=0.5,
        # a kept connection is dead after a restart of Redis: once more on a new one
        retry=Retry(NoBackoff(), 1),
    )


def redis_subscriber(settings: Settings) -> Redis:
    """Client for a subscription, which asks for messages with a time limit of its own.

    Nobody waits for it to connect, and what is published meanwhile is missed.
    """
    return Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_connect_timeout=5,
        socket_timeout=10,
    )
