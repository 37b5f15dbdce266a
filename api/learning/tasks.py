"""Tasks of the learning loop: long, and never in the way of turns (queues: `api.jobs`).

A task is a small function here that opens what it needs and calls the room it belongs to; others
defer it by its name with `JobQueue.defer_learning`.
"""

from __future__ import annotations

from uuid import UUID

from procrastinate import Blueprint, JobContext, RetryStrategy

from api.db import Database
from api.jobs import KNOWLEDGE_IMPORT, PROOF, QUESTION_VECTORS, REVIEW, TRAIN
from api.knowledge import similar
from api.knowledge.transfer import service as imports
from api.learning.review import collecting
from api.learning.runs.children import child
from api.learning.runs.watching import ATTEMPTS, carry_out
from api.settings import Settings


class ProofFailed(Exception):
    """Two releases could not be compared; the worker's log says why."""


def learning_tasks(database: Database, settings: Settings) -> Blueprint:
    """The tasks of the learning loop."""
    tasks = Blueprint()

    @tasks.task(name=TRAIN, retry=RetryStrategy(max_attempts=ATTEMPTS, wait=1), pass_context=True)
    async def train(context: JobContext, run_id: str) -> None:
        await carry_out(settings, database, UUID(run_id), attempt=context.job.attempts)

    @tasks.task(name=PROOF, retry=RetryStrategy(max_attempts=ATTEMPTS, wait=1))
    async def proof(release: int, against: int) -> None:
        async with child(settings, "api.learning.proof", str(release), str(against)) as process:
            if await process.wait():
                raise ProofFailed(release, against)

    @tasks.task(name=KNOWLEDGE_IMPORT, retry=RetryStrategy(wait=1))  # its worker may be stopped
    async def knowledge_import(import_id: str) -> None:
        await imports.carry_out(settings, database, UUID(import_id))

    @tasks.task(name=QUESTION_VECTORS)
    async def question_vectors() -> None:
        await similar.read_all(database)

    @tasks.task(name=REVIEW)
    async def review() -> None:
        await collecting.collect(database)

    return tasks
