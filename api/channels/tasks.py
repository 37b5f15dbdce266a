"""The queue's tasks that send what waits."""

from __future__ import annotations

from uuid import UUID

import structlog
from procrastinate import Blueprint, JobContext, RetryStrategy

from api.channels.delivering import Deliverer
from api.ids import now
from api.jobs import DELIVER, DELIVER_LATER, JobQueue

_ATTEMPTS = 3
"""After so many failures of a job the sweep looks after what it left."""


def delivery_tasks(deliverer: Deliverer) -> Blueprint:
    """The tasks of the queue."""
    tasks = Blueprint()
    retry = RetryStrategy(max_attempts=_ATTEMPTS, wait=1)

    @tasks.task(name=DELIVER, retry=retry, pass_context=True)
    async def deliver(context: JobContext, contact_id: str) -> None:
        with structlog.contextvars.bound_contextvars(contact_id=contact_id):
            not_before = await deliverer.run(UUID(contact_id))
            if not_before is not None:
                later = not_before if not_before > now() else None
                async with deliverer.database.transaction() as tx:
                    await JobQueue(context.app).defer_deliver(tx, UUID(contact_id), later)

    @tasks.task(name=DELIVER_LATER, retry=retry, pass_context=True)
    async def deliver_later(context: JobContext, contact_id: str) -> None:
        async with deliverer.database.transaction() as tx:
            await JobQueue(context.app).defer_deliver(tx, UUID(contact_id))

    return tasks
