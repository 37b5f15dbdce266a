"""Database access: one request or job is one transaction, committed at the edge.

What others must hear after the commit (fan-out events) is collected on the transaction and
published once it is durable; a rolled back transaction publishes nothing. Whatever changes who
waits or who has a hand free has the queue looked at afterwards (`queue_moved`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from api.events import Event, EventBus


class Transaction(AsyncSession):
    """A session that remembers the events to publish after its commit."""

    def emit(self, event: Event) -> None:
        """Publish `event` once this transaction is committed."""
        self.info.setdefault("events", []).append(event)

    @property
    def emitted(self) -> list[Event]:
        """Events waiting for the commit."""
        events: list[Event] = self.info.get("events", [])
        return events

    def queue_moved(self) -> None:
        """Somebody waits who did not before, or has a hand free: route after the commit."""
        self.info["queue_moved"] = True

    def to_deliver(self, contact_id: UUID) -> None:
        """Something is to be sent to the contact: a job of this transaction will see to it."""
        self.info.setdefault("to_deliver", {})[contact_id] = None

    def take_to_deliver(self) -> list[UUID]:
        """The contacts that something is to be sent to; they are forgotten here."""
        return list(self.info.pop("to_deliver", {}))

    async def driver_connection(self) -> AsyncConnection[Any]:
        """The psycopg connection of this transaction, for the job queue to write on."""
        raw = await (await self.connection()).get_raw_connection()
        connection = raw.driver_connection
        assert isinstance(connection, AsyncConnection)
        return connection


Later = Callable[[Callable[[Transaction], Awaitable[None]], Transaction], None]
"""Takes a call to make when there is time: `add_task` of a response's background tasks."""


class Database:
    """The engine of a process and its transactions."""

    def __init__(
        self, url: str, bus: EventBus, pool: int = 10, audit_keys: Sequence[bytes] = ()
    ) -> None:
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool,
            max_overflow=pool,
            pool_pre_ping=True,
            pool_timeout=10,
            hide_parameters=True,  # they hold what customers wrote
        )
        self._sessions = async_sessionmaker(
            self._engine,
            class_=Transaction,
            expire_on_commit=False,
            info={"audit_key": audit_keys[0] if audit_keys else None},
        )
        self.audit_keys = tuple(audit_keys)
        """Keys of the audit log (`api.audit.keys`): the first writes, all of them verify. A process
        that was given none records nothing."""
        self._bus = bus
        self.router: Callable[[Database], Awaitable[None]] | None = None
        """Gives waiting conversations to agents; None where nothing is routed."""
        self.before_commit: Callable[[Transaction], Awaitable[None]] | None = None
        """Adds what belongs to the same transaction, e.g. the job that sends its messages."""

    @asynccontextmanager
    async def transaction(self, later: Later | None = None) -> AsyncIterator[Transaction]:
        """Begin, commit when the block ends well, roll back when it raises, then publish.

        With `later` nobody waits for the last: it is handed over once the commit is durable.
        """
        async with self._sessions() as session, session.begin():
            yield session
            if self.before_commit is not None:
                await self.before_commit(session)
        if later is None:
            await self._tell(session)
        else:
            later(self._tell, session)

    async def _tell(self, session: Transaction) -> None:
        """Publish what the transaction has changed, and route if the queue has moved."""
        await self._bus.publish(session.emitted)
        if self.router is not None and "queue_moved" in session.info:
            await self.router(self)

    async def dispose(self) -> None:
        """Close all connections."""
        await self._engine.dispose()
