"""Rasa's tracker store: one row a conversation in PostgreSQL.

Rasa's own SQL store writes a row an event and halves the turns a second (design §6). Here a turn
is one read and one upsert. Only the running session is kept, and of a very long one only the last
part: the desk keeps the messages themselves.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from psycopg import OperationalError, sql
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_MOST_EVENTS = 400
_KEPT_TURNS = 20


class TrackerStoreUnavailable(ConnectionError):
    """PostgreSQL cannot be reached."""


class PostgresTrackerStore(TrackerStore):
    """Keeps trackers in `<schema>.events (sender_id, tracker, updated_at)`.

    Connections are opened on first use and replaced when PostgreSQL was restarted. Errors are
    raised as `TrackerStoreUnavailable`, so that a turn is refused rather than lost.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        dsn: str = "",
        schema: str = "rasa",
        connections: int | str = 4,
        timeout: float | str = 3.0,
        **_: Any,
    ) -> None:
        """`dsn` is a libpq connection string; `timeout` in seconds."""
        super().__init__(domain, event_broker)
        self._table = sql.Identifier(schema, "events")
        # shared by the copies that each model has for its own domain
        self._connections = _Connections(dsn, schema, int(connections), float(timeout))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the running session, None for a new conversation."""
        query = sql.SQL("SELECT tracker FROM {} WHERE sender_id = %s").format(self._table)

        async def read(pool: AsyncConnectionPool) -> str | None:
            async with pool.connection() as connection:
                cursor = await connection.execute(query, (sender_id,))
                row = await cursor.fetchone()
                return row[0] if row else None

        stored = await self._connections.run(read)
        return self.deserialise_tracker(sender_id, stored) if stored else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the running session of `tracker` in one statement."""
        await self.stream_events(tracker)
        events = shortened(current_session(list(tracker.events)), tracker)
        stored = json.dumps(
            {"name": tracker.sender_id, "events": [event.as_dict() for event in events]}
        )
        query = sql.SQL(
            "INSERT INTO {} (sender_id, tracker, updated_at) VALUES (%s, %s, now())"
            " ON CONFLICT (sender_id) DO UPDATE"
            " SET tracker = excluded.tracker, updated_at = excluded.updated_at"
        ).format(self._table)

        async def write(pool: AsyncConnectionPool) -> None:
            async with pool.connection() as connection:
                await connection.execute(query, (tracker.sender_id, stored))

        await self._connections.run(write)

    async def create_tracker(
        self, sender_id: str, append_action_listen: bool = True
    ) -> DialogueStateTracker:
        """A new tracker; nothing is written before its first turn is over."""
        tracker = self.init_tracker(sender_id)
        if append_action_listen:
            tracker.update(ActionExecuted("action_listen"))
        return tracker

    async def keys(self) -> Iterable[str]:
        """All conversation ids."""
        query = sql.SQL("SELECT sender_id FROM {}").format(self._table)

        async def read(pool: AsyncConnectionPool) -> list[str]:
            async with pool.connection() as connection:
                cursor = await connection.execute(query)
                return [row[0] for row in await cursor.fetchall()]

        return await self._connections.run(read)

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.close()


class _Connections:
    """A pool that is opened on first use, with the table in place."""

    def __init__(self, dsn: str, schema: str, most: int, timeout: float) -> None:
        self._dsn = dsn
        self._schema = schema
        self._most = most
        self._timeout = timeout
        self._pool: AsyncConnectionPool | None = None
        self._opening = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def run(self, work: Callable[[AsyncConnectionPool], Awaitable[Result]]) -> Result:
        """Run `work`, once more when a kept connection turns out to be dead.

        Both statements may run twice without harm.
        """
        try:
            pool = await self._open()
            try:
                return await work(pool)
            except PoolTimeout:
                raise
            except OperationalError:
                await pool.check()
                return await work(pool)
        except OperationalError as error:
            raise TrackerStoreUnavailable(f"tracker store: {type(error).__name__}") from error

    async def _open(self) -> AsyncConnectionPool:
        if self._pool is not None:
            return self._pool
        async with self._opening:
            if self._pool is None:
                pool = AsyncConnectionPool(
                    self._dsn,
                    min_size=1,
                    max_size=self._most,
                    timeout=self._timeout,
                    reconnect_timeout=self._timeout,
                    kwargs={"autocommit": True, "connect_timeout": max(2, int(self._timeout))},
                    open=False,
                )
                await pool.open()
                try:
                    await self._create_table(pool)
                except OperationalError:
                    await pool.close()
                    raise
                self._pool = pool
        return self._pool

    async def _create_table(self, pool: AsyncConnectionPool) -> None:
        """Make schema and table where they are missing; the role may lack the right for either."""
        async with pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'events'",
                (self._schema,),
            )
            if await cursor.fetchone():
                return
            cursor = await connection.execute(
                "SELECT 1 FROM pg_namespace WHERE nspname = %s", (self._schema,)
            )
            if not await cursor.fetchone():
                await connection.execute(
                    sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(self._schema))
                )
            await connection.execute(
                sql.SQL(
                    "CREATE TABLE IF NOT EXISTS {} (sender_id text PRIMARY KEY,"
                    " tracker text NOT NULL, updated_at timestamptz NOT NULL DEFAULT now())"
                ).format(sql.Identifier(self._schema, "events"))
            )


def current_session(events: list[Event]) -> list[Event]:
    """The events since the last session start, all when there is none."""
    for index in range(len(events) - 1, -1, -1):
        event = events[index]
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME:
            return events[index:]
    return events


def shortened(events: list[Event], tracker: DialogueStateTracker) -> list[Event]:
    """`events`, or for a very long session its last turns with the state they begin in.

    A turn costs what its tracker costs, and a chatty customer must not slow down.
    """
    starts = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(events) <= _MOST_EVENTS or len(starts) <= _KEPT_TURNS:
        return events
    cut = starts[-_KEPT_TURNS]
    before = DialogueStateTracker.from_events(
        tracker.sender_id, events[:cut], slots=[*tracker.slots.values()]
    )
    head: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    for name, slot in tracker.slots.items():
        value = next(
            (
                event.value
                for event in reversed(events[:cut])
                if isinstance(event, SlotSet) and event.key == name
            ),
            None,
        )
        if value is not None and value != slot.initial_value:
            head.append(SlotSet(name, value))
    if before.active_loop_name:
        head.append(ActiveLoop(before.active_loop_name))
        head.append(ActionExecuted(before.active_loop_name))
    head.append(ActionExecuted("action_listen"))
    for event in head:
        event.timestamp = events[cut].timestamp
    return [*head, *events[cut:]]
