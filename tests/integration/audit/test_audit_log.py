"""The audit log in the database: written at the commit, in a row, and nothing done to it hides."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from api.audit import repository
from api.audit.chain import BEGINNING, Line, chained
from api.audit.keys import derived
from api.audit.service import NoAuditKey, mark_key, record
from api.db import Database, Transaction
from api.events import SilentBus
from cli.audit import verify as verify_from_outside
from tests.support.audit import PERSON, note
from tests.support.rig import DATA_KEY, Rig


async def problems(rig: Rig) -> list[tuple[int, str]]:
    found = await repository.verify(rig.database)
    return [(problem.seq, problem.kind) for problem in found.problems]


def as_superuser(rig: Rig, *statements: str) -> None:
    """What somebody with all rights does, past the trigger."""
    with psycopg.connect(rig.desk.settings.libpq_url) as connection:
        connection.execute("ALTER TABLE audit_record DISABLE TRIGGER ALL")
        for statement in statements:
            assert connection.execute(statement.encode()).rowcount
        connection.execute("ALTER TABLE audit_record ENABLE TRIGGER ALL")


async def test_records_are_numbered_and_the_log_is_whole(rig: Rig) -> None:
    assert await problems(rig) == []
    await note(rig, "核对地址", "回电")
    await note(rig, "再次回电")
    rows = await rig.rows("SELECT * FROM audit_record ORDER BY seq")
    assert [(row.seq, row.data["reason"]) for row in rows] == [
        (1, "核对地址"),
        (2, "回电"),
        (3, "再次回电"),
    ]
    assert (rows[0].staff_id, rows[0].staff_name, rows[0].address) == (
        PERSON.id,
        "小云",
        "10.0.0.9",
    )
    assert rows[1].previous == rows[0].hash
    assert await problems(rig) == []


async def test_many_writers_at_once_leave_no_gap(rig: Rig) -> None:
    await asyncio.gather(*(note(rig, f"{number}a", f"{number}b") for number in range(15)))
    assert await rig.scalar("SELECT max(seq) FROM audit_record") == 30
    assert await problems(rig) == []


async def test_a_transaction_that_is_rolled_back_leaves_no_record(rig: Rig) -> None:
    async def fails() -> None:
        async with rig.database.transaction() as tx:
            await record(tx, PERSON, "merge", "customer", "c1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    await note(rig, "之后")
    assert [row.action for row in await rig.rows("SELECT action FROM audit_record")] == ["reveal"]


async def test_what_a_savepoint_took_back_is_not_recorded(rig: Rig) -> None:
    async def fails(tx: Transaction) -> None:
        async with tx.begin_nested():
            await record(tx, PERSON, "assign", "conversation", "undone")
            async with tx.begin_nested():
                await record(tx, PERSON, "assign", "conversation", "undone too")
            raise RuntimeError

    async with rig.database.transaction() as tx:
        await record(tx, PERSON, "assign", "conversation", "before")
        with pytest.raises(RuntimeError):
            await fails(tx)
        async with tx.begin_nested():
            await record(tx, PERSON, "assign", "conversation", "kept")
    rows = await rig.rows("SELECT subject_id FROM audit_record ORDER BY seq")
    assert [row.subject_id for row in rows] == ["before", "kept"]


async def test_two_that_lock_each_others_rows_after_recording_do_not_hang(rig: Rig) -> None:
    """The lock of all writers is taken last, so it never waits for a row."""
    visitor = await rig.visitor()
    held, recorded = asyncio.Event(), asyncio.Event()
    touch = f"UPDATE conversation SET unread = 0 WHERE id = '{visitor.conversation_id}'"

    async def holds_the_row() -> None:
        async with rig.database.transaction() as tx:
            await (await tx.connection()).exec_driver_sql(touch)
            held.set()
            await recorded.wait()
            await record(tx, PERSON, "assign", "conversation", "first")

    async def has_recorded() -> None:
        await held.wait()
        async with rig.database.transaction() as tx:
            await record(tx, PERSON, "assign", "conversation", "second")
            recorded.set()
            await (await tx.connection()).exec_driver_sql(touch)

    await asyncio.gather(holds_the_row(), has_recorded())
    rows = await rig.rows("SELECT subject_id FROM audit_record ORDER BY seq")
    assert [row.subject_id for row in rows] == ["first", "second"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_record SET action = 'x'",
        "DELETE FROM audit_record",
        "TRUNCATE audit_record",
    ],
)
async def test_the_database_refuses_to_change_a_record(rig: Rig, statement: str) -> None:
    await note(rig, "核对地址")
    with (
        psycopg.connect(rig.desk.settings.libpq_url) as connection,
        pytest.raises(psycopg.errors.RestrictViolation),
    ):
        connection.execute(statement.encode())
    assert await problems(rig) == []


TAMPERED: list[Any] = [
    pytest.param(
        ['UPDATE audit_record SET data = \'{"reason": "别的"}\' WHERE seq = 3'],
        (3, "changed"),
        id="another reason",
    ),
    pytest.param(
        ["UPDATE audit_record SET staff_name = '别人' WHERE seq = 2"],
        (2, "changed"),
        id="another person",
    ),
    pytest.param(
        ["UPDATE audit_record SET at = at - interval '1 day' WHERE seq = 5"],
        (5, "changed"),
        id="another time",
    ),
    pytest.param(["DELETE FROM audit_record WHERE seq = 3"], (3, "missing"), id="a record gone"),
    pytest.param(["DELETE FROM audit_record WHERE seq = 1"], (1, "missing"), id="the first gone"),
    pytest.param(["DELETE FROM audit_record WHERE seq > 3"], (4, "truncated"), id="the end gone"),
    pytest.param(["DELETE FROM audit_record"], (1, "truncated"), id="all gone"),
    pytest.param(
        [
            "UPDATE audit_record SET seq = 99 WHERE seq = 2",
            "UPDATE audit_record SET seq = 2 WHERE seq = 3",
            "UPDATE audit_record SET seq = 3 WHERE seq = 99",
        ],
        (2, "moved"),
        id="two changed places",
    ),
    pytest.param(
        [
            "DELETE FROM audit_record WHERE seq = 3",
            "UPDATE audit_record SET seq = seq - 1 WHERE seq > 3",
        ],
        (3, "moved"),
        id="a record gone and the rest moved up",
    ),
    pytest.param(
        [
            "INSERT INTO audit_record SELECT 6, at, staff_id, staff_name, action, subject_kind,\
                subject_id, data, address, hash, hash FROM audit_record WHERE seq = 5"
        ],
        (6, "changed"),
        id="a record put at the end",
    ),
    pytest.param(
        ["DELETE FROM setting WHERE key = 'audit_head'"], (5, "head_missing"), id="the head gone"
    ),
]


@pytest.mark.parametrize(("statements", "expected"), TAMPERED)
async def test_tampering_is_found(
    rig: Rig, statements: list[str], expected: tuple[int, str]
) -> None:
    await note(rig, "一", "二", "三", "四", "五")
    as_superuser(rig, *statements)
    assert expected in await problems(rig)


def rewritten(rig: Rig, key: bytes | None) -> None:
    """Another reason in the second record, and every hash and the head computed anew."""
    url = rig.desk.settings.libpq_url
    with psycopg.connect(url, row_factory=dict_row) as connection:
        rows = connection.execute("SELECT * FROM audit_record ORDER BY seq").fetchall()
        connection.execute("ALTER TABLE audit_record DISABLE TRIGGER ALL")
        last = BEGINNING
        for row in rows:
            if row["seq"] == 2:
                row["data"] = {"reason": "别的"}
            line = Line(**{each.name: row[each.name] for each in fields(Line)})
            before, last = last, chained(last, line, key)
            connection.execute(
                "UPDATE audit_record SET data = %s, previous = %s, hash = %s WHERE seq = %s",
                (Jsonb(row["data"]), before, last, row["seq"]),
            )
        head = {"seq": rows[-1]["seq"], "hash": last.hex(), "keyed": key is not None}
        connection.execute("UPDATE setting SET value = %s WHERE key = 'audit_head'", (Jsonb(head),))
        connection.execute("ALTER TABLE audit_record ENABLE TRIGGER ALL")


async def test_a_log_written_anew_as_a_whole_is_found(rig: Rig) -> None:
    await note(rig, "一", "二", "三")
    rewritten(rig, None)
    assert await problems(rig) == [(3, "unkeyed")]
    rewritten(rig, derived("a key that was guessed")[0])
    assert (2, "changed") in await problems(rig)


async def test_a_log_of_before_there_was_a_key_goes_on_with_it(rig: Rig) -> None:
    await note(rig, "一", "二")
    rewritten(rig, None)
    for _ in range(2):
        async with rig.database.transaction() as tx:
            await mark_key(tx)
    await note(rig, "三")
    assert await problems(rig) == []
    rows = await rig.rows("SELECT action FROM audit_record ORDER BY seq")
    assert [row.action for row in rows] == ["reveal", "reveal", "audit_keyed", "reveal"]
    as_superuser(rig, "UPDATE audit_record SET staff_name = '别人' WHERE seq = 1")
    assert await problems(rig) == [(1, "changed")]


async def test_a_process_without_the_key_records_nothing(rig: Rig) -> None:
    database = Database(rig.desk.settings.sqlalchemy_url, SilentBus())
    with pytest.raises(NoAuditKey):
        async with database.transaction() as tx:
            await record(tx, PERSON, "merge", "customer", "c1")
    await database.dispose()


async def test_a_cut_off_end_stays_visible_when_others_write_on(rig: Rig) -> None:
    await note(rig, "一", "二", "三")
    as_superuser(rig, "DELETE FROM audit_record WHERE seq > 1")
    await note(rig, "四")
    assert await problems(rig) == [(2, "missing")]


async def test_the_command_finds_the_same_and_knows_a_noted_head(rig: Rig) -> None:
    url = rig.desk.settings.libpq_url
    await note(rig, "一", "二")
    before = await asyncio.to_thread(verify_from_outside, url, DATA_KEY)
    assert (before.whole, before.seq) == (True, 2)
    noted = f"{before.seq}:{before.hash}"
    await note(rig, "三")
    assert (await asyncio.to_thread(verify_from_outside, url, DATA_KEY, noted)).whole
    forged = f"2:{'0' * 64}"
    found = await asyncio.to_thread(verify_from_outside, url, DATA_KEY, forged)
    assert [(each.seq, each.kind) for each in found.problems] == [(2, "changed")]
    as_superuser(rig, "UPDATE audit_record SET action = 'x' WHERE seq = 1")
    assert not (await asyncio.to_thread(verify_from_outside, url, DATA_KEY)).whole
