"""The queue's tasks. A turn that keeps failing goes to a person, so that nothing is lost."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from procrastinate import Blueprint, JobContext, RetryStrategy

from api.conversations.turns import TurnRunner
from api.jobs import TURN, WAKE, JobQueue
from api.models import Turn

log = structlog.get_logger(__name__)

ATTEMPTS = 3
"""After so many failures a person gets the message."""


def turn_tasks(runner: TurnRunner) -> Blueprint:
    """The tasks of the queue."""
    tasks = Blueprint()

    @tasks.task(name=TURN, retry=RetryStrategy(max_attempts=ATTEMPTS, wait=1), pass_context=True)
    async def turn(context: JobContext, message_id: str) -> None:
        with structlog.contextvars.bound_contextvars(message_id=message_id):
            try:
                not_before = await runner.run(UUID(message_id))
                if not_before is not None:
                    await later(context, UUID(message_id), not_before)
            except Exception:
                # the edge of the process: whatever went wrong, the message must reach somebody
                if context.job.attempts + 1 < ATTEMPTS:
                    raise
                log.exception("turn.given_up")
                await runner.give_up(UUID(message_id))

    @tasks.task(name=WAKE, retry=RetryStrategy(max_attempts=ATTEMPTS, wait=1), pass_context=True)
    async def wake(context: JobContext, conversation_id: str, message_id: str) -> None:
        async with runner.database.transaction() as tx:
            queue = JobQueue(context.app)
            await queue.defer_turn(tx, UUID(conversation_id), UUID(message_id))

    async def later(context: JobContext, message_id: UUID, not_before: datetime) -> None:
        async with runner.database.transaction() as tx:
            waiting = await tx.get_one(Turn, message_id)
            queue = JobQueue(context.app)
            await queue.defer_turn(tx, waiting.conversation_id, message_id, not_before)

    return tasks
