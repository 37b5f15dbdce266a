"""Fills a desk's database with invented conversations, tickets and people."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import timedelta
from functools import lru_cache
from multiprocessing import get_context
from random import Random

import psycopg

from api.ids import now
from api.models import (
    Conversation,
    Customer,
    CustomerIdentity,
    Deadline,
    Message,
    QueueWait,
    SearchEntry,
    Staff,
    Team,
    Ticket,
    TicketEvent,
    TicketNote,
    TriageResult,
    Turn,
)
from api.search.terms import document
from api.settings import REPOSITORY
from cli.data.crowd import Crowd
from cli.data.plan import DAYS, Wanted, beginnings, lengths, tickets_of
from cli.data.rows import Sheets
from cli.data.sayings import Sayings
from cli.data.talks import Talks
from cli.data.work import Work

Advance = Callable[[int], None]
"""Told how many messages were written just now."""

_ORDER = (
    *(Team, Staff, Customer, CustomerIdentity, Conversation, Message, Turn, TriageResult),
    *(QueueWait, Ticket, TicketEvent, TicketNote, Deadline, SearchEntry),
)
"""What points at something comes after it."""
_AT_A_TIME = 2_000
"""Conversations of one transaction."""
_BULKY = ("message", "ticket", "customer")
_MEMORY = "512MB"
_TEXTS = 250
"""Handed to another process at a time."""


def fill(url: str, wanted: Wanted, advance: Advance) -> None:
    """Write it to the database at the libpq `url`, while the desk may run.

    Until the end, searching is slower: its indexes are made anew, which is much faster than
    keeping them up to date. The same `seed` gives the same words; moments are told from now.
    """
    pool = ProcessPoolExecutor(mp_context=get_context("spawn"))
    with psycopg.connect(url, autocommit=True) as connection, pool:
        _drop_indexes(connection)
        try:
            _write(connection, pool, wanted, advance)
        finally:
            make_indexes(connection)
        connection.execute("ANALYZE")


def make_indexes(connection: psycopg.Connection) -> None:
    """Make the indexes of the search that are missing; writers do not wait."""
    connection.execute(f"SET maintenance_work_mem = '{_MEMORY}'")
    for kind in _BULKY:
        connection.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_search_entry_{kind} ON search_entry "
            f"USING gin (terms) WITH (fastupdate = off) WHERE kind = '{kind}'"
        )


def _drop_indexes(connection: psycopg.Connection) -> None:
    for kind in _BULKY:
        connection.execute(f"DROP INDEX IF EXISTS ix_search_entry_{kind}")


def _write(
    connection: psycopg.Connection, pool: Executor, wanted: Wanted, advance: Advance
) -> None:
    random, moment = Random(wanted.seed), now()
    sheets = Sheets(_ORDER)
    sayings = Sayings(REPOSITORY / "nlu_data", random)
    crowd = Crowd(sheets, sayings, random, _mark(connection))
    crowd.hire(wanted.staff, moment - timedelta(days=DAYS))
    talks = Talks(sheets, sayings, crowd, random)
    work = Work(sheets, sayings, random, crowd.staff)
    numbers = iter(_numbers(connection, wanted.tickets))
    running = wanted.conversations - wanted.open_conversations
    written = 0
    counts = lengths(wanted, random)
    for index, begun in enumerate(beginnings(wanted, random, moment)):
        count = next(counts)
        talk = talks.add(begun, count, closed=index < running)
        for _ in range(tickets_of(wanted, index)):
            work.add(talk, next(numbers), moment)
        written += count
        if index % _AT_A_TIME == _AT_A_TIME - 1:
            _flush(connection, pool, sheets)
            advance(written)
            written = 0
    _flush(connection, pool, sheets)
    advance(written)


def _flush(connection: psycopg.Connection, pool: Executor, sheets: Sheets) -> None:
    """Write what waits; what it is found by takes longest and is made on every core."""

    def found_by(texts: list[tuple[str, str]]) -> Iterable[object]:
        return pool.map(_document, texts, chunksize=_TEXTS)

    sheets[SearchEntry].change("terms", found_by)
    sheets.write(connection)


@lru_cache(maxsize=100_000)
def _document(text_and_name: tuple[str, str]) -> str:
    return document(*text_and_name)


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
