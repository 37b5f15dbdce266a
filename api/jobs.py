"""The job queue: procrastinate on the desk's own PostgreSQL.

Jobs are deferred on the connection of the transaction that needs them, so that a message and
the job that will handle it are stored together or not at all.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from procrastinate import App, Blueprint, PsycopgConnector

from api.db import Transaction

TURN = "turn"
WAKE = "wake"


def build_app(libpq_url: str, tasks: Blueprint | None = None) -> App:
    """The queue's app; the worker gives its `tasks`, others only defer."""
    app = App(connector=PsycopgConnector(conninfo=libpq_url, min_size=1, max_size=6))
    if tasks is not None:
        app.add_tasks_from(tasks, namespace="desk")
    return app


class JobQueue:
    """Defers jobs by name inside the caller's transaction."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def defer_turn(
        self,
        tx: Transaction,
        conversation_id: UUID,
        message_id: UUID,
        not_before: datetime | None = None,
    ) -> None:
        """Handle `message_id` after the commit; one turn of a conversation at a time."""
        if not_before is not None:
            # a job that waits with the lock would hold up the turns that need not wait
            await self._app.configure_task(
                f"desk:{WAKE}", schedule_at=not_before, connection=await tx.driver_connection()
            ).defer_async(conversation_id=str(conversation_id), message_id=str(message_id))
            return
        await self._app.configure_task(
            f"desk:{TURN}",
            lock=f"conversation:{conversation_id}",
            connection=await tx.driver_connection(),
        ).defer_async(message_id=str(message_id))
