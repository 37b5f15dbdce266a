"""Takes invented data out of a desk's database again, with all that hangs on it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from psycopg import sql
from sqlalchemy import Table, Uuid

from api.models import Base
from cli.data.marks import CHANNEL, TAG, USERNAME

_THEIRS = "SELECT id FROM {} WHERE {} IN (SELECT id FROM gone_{})"
_GONE = {
    "customer": f"SELECT customer_id AS id FROM customer_identity WHERE channel = '{CHANNEL}'",  # noqa: S608
    "conversation": _THEIRS.format("conversation", "customer_id", "customer"),
    "ticket": _THEIRS.format("ticket", "customer_id", "customer"),
    "message": _THEIRS.format("message", "conversation_id", "conversation"),
}
"""What goes, in an order in which the next can be asked for."""
_POINTING = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND confrelid = ANY(%s::text[]::regclass[])
"""


def clear(url: str) -> int:
    """Take it out of the database at the libpq `url`; gives how many conversations went.

    All or nothing. The desk may run but waits meanwhile. What staff wrote in invented
    conversations goes with them; invented staff whom something real names stay as accounts that
    nobody can use.
    """
    with psycopg.connect(url) as connection:
        for name, query in _GONE.items():
            connection.execute(f"CREATE TEMP TABLE gone_{name} AS {query}")
            connection.execute(f"CREATE UNIQUE INDEX ON gone_{name} (id)")
            connection.execute(f"ANALYZE gone_{name}")
        with_keys = _without_keys(connection)
        for table in reversed(Base.metadata.sorted_tables):
            _empty(connection, table)
        for table, name, definition in with_keys:
            connection.execute(
                sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                    sql.SQL(table), sql.Identifier(name), sql.SQL(definition)
                )
            )
        _dismiss(connection)
        row = connection.execute("SELECT count(*) FROM gone_conversation").fetchone()
    assert row is not None
    return int(row[0])


def _without_keys(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    """Drop the foreign keys to what goes: checking them row by row would take hours."""
    keys = connection.execute(_POINTING, [list(_GONE)]).fetchall()
    for table, name, _ in keys:
        connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.SQL(table), sql.Identifier(name)
            )
        )
    return keys


def _empty(connection: psycopg.Connection, table: Table) -> None:
    """Delete the rows that go. A history is final for the desk, not for who owns the database."""
    conditions = list(_conditions(table))
    if not conditions:
        return
    name = sql.Identifier(table.name)
    connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
    where = sql.SQL(" OR ").join(map(sql.SQL, conditions))
    connection.execute(sql.SQL("DELETE FROM {} WHERE {}").format(name, where))
    connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))


def _conditions(table: Table) -> Iterator[str]:
    for column in table.columns:
        targets = {key.column.table.name for key in column.foreign_keys} & set(_GONE)
        if column.name == "id" and table.name in _GONE:
            targets = {table.name}
        if column.name == "subject_id" and isinstance(column.type, Uuid):
            targets = set(_GONE)
        if table.name in _GONE and column.name != "id":
            continue  # such rows go by their own id
        for target in sorted(targets):
            yield f"{column.name} IN (SELECT id FROM gone_{target})"  # noqa: S608


def _dismiss(connection: psycopg.Connection) -> None:
    """Invented staff and their teams, as far as nothing else names them."""
    people = connection.execute(
        "SELECT id FROM staff WHERE username LIKE %s", [USERNAME + "%"]
    ).fetchall()
    for (staff_id,) in people:
        try:
            with connection.transaction():
                connection.execute("DELETE FROM staff_skill WHERE staff_id = %s", [staff_id])
                connection.execute("DELETE FROM staff WHERE id = %s", [staff_id])
        except psycopg.errors.ForeignKeyViolation:
            connection.execute("UPDATE staff SET active = false WHERE id = %s", [staff_id])
    connection.execute(
        "DELETE FROM team WHERE name LIKE %s AND NOT EXISTS "
        "(SELECT FROM staff WHERE staff.team_id = team.id) "
        "AND NOT EXISTS (SELECT FROM ticket WHERE ticket.team_id = team.id)",
        [TAG + " %"],
    )
