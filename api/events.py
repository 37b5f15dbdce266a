"""Fan-out of committed events over Redis.

An event is only a hint ("look at this conversation"): listeners read the truth from
PostgreSQL, so a lost event or an emptied Redis loses nothing. After a break of the Redis
connection every listener gets `REFRESH` and asks for what it may have missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, dataclass, field
from typing import Literal, Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

CHANNEL = "fenzhen:events"
ALL = ""
_QUEUE_LENGTH = 256
_RECONNECT_SECONDS = 0.5
_LISTEN_SECONDS = 2.0

Kind = Literal[
    "message",
    "handled",
    "conversation",
    "typing",
    "read",
    "refresh",
    "ticket",
    "notification",
    "presence",
    "alert",
    "wall",
    "viewers",
    "training",
    "import",
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something changed in a conversation. `data` holds small JSON values only.

    `conversation_id` is empty for what is about no conversation: a notification, somebody's
    presence, an alert.
    """

    kind: Kind
    conversation_id: str
    data: dict[str, str] = field(default_factory=dict)


REFRESH = Event("refresh", ALL)


class EventBus(Protocol):
    """Where committed events go."""

    async def publish(self, events: Iterable[Event]) -> None:
        """Publish in order; never raises, since the truth is already stored."""


class SilentBus:
    """The harmless twin: for work that nobody watches, such as set-up and training."""

    async def publish(self, events: Iterable[Event]) -> None:
        del events


class RedisBus:
    """Publishes on one Redis channel."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def publish(self, events: Iterable[Event]) -> None:
        try:
            for event in events:
                await self._redis.publish(CHANNEL, json.dumps(asdict(event)))
        except (RedisError, OSError) as error:
            log.warning("events.not_published", error=type(error).__name__)


class EventHub:
    """One Redis subscription per process, shared by all its listeners."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._listeners: dict[str, set[asyncio.Queue[Event]]] = {}
        self._closed = False

    @contextlib.asynccontextmanager
    async def listen(self, conversation_id: str = ALL) -> AsyncIterator[asyncio.Queue[Event]]:
        """Queue of events of one conversation, or of `ALL` conversations."""
        queue: asyncio.Queue[Event] = asyncio.Queue(_QUEUE_LENGTH)
        listeners = self._listeners.setdefault(conversation_id, set())
        listeners.add(queue)
        try:
            yield queue
        finally:
            listeners.discard(queue)
            if not listeners:
                self._listeners.pop(conversation_id, None)

    def close(self) -> None:
        """End `run`. A cancellation alone may be taken for the client's own time limit."""
        self._closed = True

    async def run(self) -> None:
        """Receive until `close`; reconnect after every break."""
        while not self._closed:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    self._dispatch(REFRESH)
                    while not self._closed:
                        message = await pubsub.get_message(timeout=_LISTEN_SECONDS)
                        if message is None:
                            await pubsub.ping()  # fails when the connection is dead
                        elif message["type"] == "message":
                            self._dispatch_raw(message["data"])
            except (RedisError, OSError) as error:
                log.warning("events.disconnected", error=type(error).__name__)
                await asyncio.sleep(_RECONNECT_SECONDS)

    def _dispatch_raw(self, data: bytes) -> None:
        try:
            event = Event(**json.loads(data))
        except (ValueError, TypeError):
            log.warning("events.unreadable", size=len(data))
            return
        self._dispatch(event)

    def _dispatch(self, event: Event) -> None:
        if event.kind == "refresh":
            queues = [queue for listeners in self._listeners.values() for queue in listeners]
        else:
            queues = [
                queue
                for key in {event.conversation_id, ALL}
                for queue in self._listeners.get(key, ())
            ]
        for queue in queues:
            _offer(queue, event)


def _offer(queue: asyncio.Queue[Event], event: Event) -> None:
    """Put `event`; a listener too slow to keep up gets one refresh instead of the backlog."""
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        event = REFRESH
    queue.put_nowait(event)
