"""One training in a process of its own: `python -m api.learning.runs RUN_ID`."""

from __future__ import annotations

import asyncio
import errno
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from api import connections, logs
from api.audit.keys import keys_of
from api.db import Database
from api.events import RedisBus
from api.learning.proof.parsing import ParsingFailed
from api.learning.runs import service
from api.learning.runs.children import be_a_child
from api.learning.runs.reporting import Reporter
from api.learning.runs.service import Problem
from api.learning.runs.watching import ELSEWHERE
from api.learning.runs.work import Stopped, perform
from api.learning.training import TrainingFailed
from api.settings import Settings, load
from classifier.data import DataError

_ONE_AT_WORK = "SELECT pg_try_advisory_lock(hashtextextended('training', 0))"
_WAIT_SECONDS = 10.0
"""The database may still hold the lock of a process that was killed a moment ago."""


@contextmanager
def only_one(settings: Settings) -> Iterator[bool]:
    """Whether no other training is at work on this desk, for as long as the block runs."""
    deadline = time.monotonic() + _WAIT_SECONDS
    with psycopg.connect(settings.libpq_url, autocommit=True) as connection:
        free = connection.execute(_ONE_AT_WORK).fetchone() == (True,)
        while not free and time.monotonic() < deadline:
            time.sleep(0.2)
            free = connection.execute(_ONE_AT_WORK).fetchone() == (True,)
        yield free


async def main(settings: Settings, run_id: UUID) -> None:
    """Train, and note how it has ended."""
    redis = connections.redis(settings)
    database = Database(settings.sqlalchemy_url, RedisBus(redis), 2, keys_of(settings))
    report = Reporter(database, run_id)
    problem: Problem | None = None
    try:
        async with report.written():
            try:
                await perform(settings, database, run_id, report)
            except* SQLAlchemyError:
                raise  # nothing can be noted: whoever watches will
            except* Stopped:
                pass
            except* Exception as group:  # noqa: BLE001 - edge of the process
                problem = _problem(group)
                report.log("".join(traceback.format_exception(group)))
        if problem is not None:
            async with database.transaction() as tx:
                await service.settle(tx, run_id, problem)
    finally:
        await database.dispose()
        await redis.aclose()


def _problem(group: BaseExceptionGroup[Exception]) -> Problem:
    """What went wrong, by the first error that says something."""
    for error in _leaves(group):
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return "no_space"
        if isinstance(error, DataError):
            return "bad_data"
        if isinstance(error, TrainingFailed | ParsingFailed):
            return "no_space" if "No space left" in str(error) else "failed"
    return "failed"


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


if __name__ == "__main__":
    be_a_child()
    logs.configure()
    told = load()
    with only_one(told) as alone:
        if not alone:
            raise SystemExit(ELSEWHERE)
        asyncio.run(main(told, UUID(sys.argv[1])))
