"""The job queue: procrastinate on the desk's own PostgreSQL.

Jobs are deferred on the connection of the transaction that needs them, so that a message and
the job that will handle it are stored together or not at all.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from procrastinate import App, Blueprint, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.types import JSONValue
from sqlalchemy import text

from api.db import Transaction

TURN = "turn"
WAKE = "wake"
MEDIA = "channel_media"
KF_SYNC = "kf_sync"
DELIVER = "deliver"
DELIVER_LATER = "deliver_later"
TRAIN = "train"
PROOF = "proof"
KNOWLEDGE_IMPORT = "knowledge_import"
QUESTION_VECTORS = "question_vectors"
REVIEW = "review"

DESK_QUEUE = "default"
CHANNELS_QUEUE = "channels"
"""Jobs that call other platforms: however slow those are, turns do not wait behind them."""
LEARNING_QUEUE = "learning"
"""Trainings and proofs, which take many minutes and all the processor: one at a time."""
MATERIAL_QUEUE = "material"
"""What people wait for on the pages of the learning loop: imports, clusters. It runs beside a
training; jobs of a kind hold a lock of their own."""
_LEARNING_QUEUES = {TRAIN: LEARNING_QUEUE, PROOF: LEARNING_QUEUE}

_WAITING_SYNC = text(
    """SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'desk:kf_sync'
    AND scheduled_at IS NULL AND args ->> 'account_id' = :account_id LIMIT 1"""
)


def has_gone(error: ConnectorException) -> bool:
    """Whether the database answered, and said that a job or a worker is not there any more.

    Others took this process for dead while it had no processor: its jobs are theirs now.
    """
    return isinstance(error.__cause__, psycopg.errors.RaiseException | psycopg.IntegrityError)


def build_app(libpq_url: str, *tasks: Blueprint) -> App:
    """The queue's app; the worker gives its `tasks`, others only defer."""
    app = App(connector=PsycopgConnector(conninfo=libpq_url, min_size=1, max_size=10))
    for blueprint in tasks:
        app.add_tasks_from(blueprint, namespace="desk")
    return app


@dataclass(frozen=True, slots=True)
class MediaOrder:
    """A customer's file to fetch; `kind`: `image`, `voice`, `video` or `file`."""

    message_id: str
    media_id: str
    kind: str
    name: str


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

    async def defer_learning(
        self, tx: Transaction, task: str, lock: str | None = None, **arguments: JSONValue
    ) -> None:
        """Run a task of `api.learning.tasks` after the commit; one at a time holds `lock`."""
        await self._app.configure_task(
            f"desk:{task}",
            queue=_LEARNING_QUEUES.get(task, MATERIAL_QUEUE),
            lock=lock,
            connection=await tx.driver_connection(),
        ).defer_async(**arguments)

    async def defer_media(self, tx: Transaction, account_id: UUID, media: MediaOrder) -> None:
        """Fetch a customer's file after the commit, and hang it on the message it stands for."""
        await self._app.configure_task(
            f"desk:{MEDIA}", queue=CHANNELS_QUEUE, connection=await tx.driver_connection()
        ).defer_async(account_id=str(account_id), **asdict(media))

    async def defer_kf_sync(self, tx: Transaction, account_id: UUID, token: str | None) -> None:
        """Pull what is new at a 微信客服 account after the commit; one pull at a time.

        While one waits to begin, another would find nothing: it is left out.
        """
        waiting = await tx.scalar(_WAITING_SYNC, {"account_id": str(account_id)})
        if waiting is None:
            await self._app.configure_task(
                f"desk:{KF_SYNC}",
                queue=CHANNELS_QUEUE,
                lock=f"{KF_SYNC}:{account_id}",
                connection=await tx.driver_connection(),
            ).defer_async(account_id=str(account_id), token=token)

    async def defer_deliver(
        self, tx: Transaction, contact_id: UUID, not_before: datetime | None = None
    ) -> None:
        """Send what waits for a contact, after the commit; one job of a contact at a time."""
        if not_before is not None:
            # as for turns: a job that waits with the lock would hold up the others
            await self._app.configure_task(
                f"desk:{DELIVER_LATER}",
                queue=CHANNELS_QUEUE,
                schedule_at=not_before,
                connection=await tx.driver_connection(),
            ).defer_async(contact_id=str(contact_id))
            return
        await self._app.configure_task(
            f"desk:{DELIVER}",
            queue=CHANNELS_QUEUE,
            lock=f"{DELIVER}:{contact_id}",
            connection=await tx.driver_connection(),
        ).defer_async(contact_id=str(contact_id))
