"""What connections begin with: Redis clients that hold nobody up, and whom TLS believes."""

from __future__ import annotations

import functools
import ssl

import httpx
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from api.settings import Settings


@functools.cache
def tls() -> ssl.SSLContext:
    """Whom this process believes over TLS: for `verify` of every HTTP client.

    To read the list of authorities keeps a core busy for some 30 ms, so it is done once.
    """
    return httpx.create_ssl_context()


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
