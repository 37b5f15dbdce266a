"""The indexes of the search that a fill does without while it writes."""

from __future__ import annotations

from collections.abc import Callable

import psycopg

_KINDS = ("message", "ticket", "customer")
"""That of the knowledge base stays: nothing is written to it."""
_MEMORY = "512MB"


def drop(connection: psycopg.Connection) -> None:
    """Take them away."""
    for kind in _KINDS:
        connection.execute(f"DROP INDEX IF EXISTS ix_search_entry_{kind}")


def make(connection: psycopg.Connection, told: Callable[[int, int], None]) -> None:
    """Make those that are missing or were never finished; writers do not wait.

    `told` hears how many are made, of how many.
    """
    connection.execute(f"SET maintenance_work_mem = '{_MEMORY}'")
    for count, kind in enumerate(_KINDS):
        told(count, len(_KINDS))
        name = f"ix_search_entry_{kind}"
        if _is_broken(connection, name):
            connection.execute(f"DROP INDEX {name}")
        connection.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON search_entry "
            f"USING gin (terms) WITH (fastupdate = off) WHERE kind = '{kind}'"
        )
    told(len(_KINDS), len(_KINDS))


def _is_broken(connection: psycopg.Connection, name: str) -> bool:
    """Whether its making was stopped halfway."""
    query = "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid"
    return connection.execute(query, [name]).fetchone() is not None
