"""The queue's tasks. A turn that keeps failing goes to a person, so that nothing is lost."""

from __future__ import annotations

from uuid import UUID

import structlog
from procrastinate import Blueprint, JobContext, RetryStrategy

from api.conversations.turns import TurnRunner
from api.jobs import TURN

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
                await runner.run(UUID(message_id))
            except Exception:
                if context.job.attempts + 1 < ATTEMPTS:
                    raise
                log.exception("turn.given_up")
                await runner.give_up(UUID(message_id))

    return tasks
