"""Fills a desk's database with invented conversations, tickets and people."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context
from random import Random

import psycopg

from api.ids import now
from cli.data import batches, indexes
from cli.data.batches import SAID, TABLES, Batch, Planned
from cli.data.crowd import Colleague, hire
from cli.data.plan import DAYS, Wanted, beginnings, lengths, tickets_of
from cli.data.rows import Sheets
from cli.data.sayings import Sayings

Advance = Callable[[int], None]
"""Told how many messages were written just now."""

_AT_A_TIME = 500
"""Conversations of one batch."""
_MOST_PROCESSES = 8


def fill(url: str, wanted: Wanted, advance: Advance, indexing: Callable[[int, int], None]) -> None:
    """Write it to the database at the libpq `url`, while the desk may run.

    Batches are made and written by a process a core. `indexing` is told how many indexes of the
    search are made, of how many: until the end searching is slower, since making them anew is much
    faster than keeping them up to date. The same `seed` gives the same words; moments are told
    from now.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        planned = _planned(connection, wanted)
        indexes.drop(connection)
        try:
            with _processes(url) as pool:
                for done in as_completed([pool.submit(batches.write, each) for each in planned]):
                    advance(done.result())
        finally:
            indexes.make(connection, indexing)
        names = ", ".join(model.__tablename__ for model in TABLES)
        connection.execute(f"VACUUM (ANALYZE) {names}")


@contextmanager
def _processes(url: str) -> Iterator[ProcessPoolExecutor]:
    count = min(os.cpu_count() or 1, _MOST_PROCESSES)
    pool = ProcessPoolExecutor(count, get_context("spawn"), batches.begin, (url,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _planned(connection: psycopg.Connection, wanted: Wanted) -> list[Batch]:
    """The batches, with their staff hired."""
    random, moment, mark = Random(wanted.seed), now(), _mark(connection)
    staff = _hired(connection, wanted, random, mark)
    numbers = iter(_numbers(connection, wanted.tickets))
    running = wanted.conversations - wanted.open_conversations
    counts = lengths(wanted, random)
    talks = [
        Planned(
            begun,
            next(counts),
            closed=index < running,
            tickets=tuple(next(numbers) for _ in range(tickets_of(wanted, index))),
        )
        for index, begun in enumerate(beginnings(wanted, random, moment))
    ]
    return [
        Batch(start, wanted.seed, mark, moment, staff, talks[start : start + _AT_A_TIME])
        for start in range(0, len(talks), _AT_A_TIME)
    ]


def _hired(
    connection: psycopg.Connection, wanted: Wanted, random: Random, mark: str
) -> list[Colleague]:
    sheets, sayings = Sheets(TABLES), Sayings(SAID, random)
    begun = now() - timedelta(days=DAYS)
    staff = hire(sheets, sayings, random, mark, wanted.staff, begun)
    sheets.write(connection)
    return staff


def _mark(connection: psycopg.Connection) -> str:
    """Tells this fill from earlier ones."""
    row = connection.execute(
        "SELECT count(*) + 1 FROM team WHERE name LIKE '示例数据 %'"
    ).fetchone()
    assert row is not None
    return str(row[0])


def _numbers(connection: psycopg.Connection, count: int) -> list[int]:
    query = "SELECT nextval('ticket_number') FROM generate_series(1, %s)"
    return [row[0] for row in connection.execute(query, [count])]
