"""Processes are killed while releases go live and back: one is live, and customers are answered."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import itertools
import shutil
from collections.abc import Callable, Iterator

import httpx
import psycopg
import pytest

from cli import state
from cli.credentials import load_or_create
from cli.programs import running_addresses
from cli.replay.figures import lost
from cli.replay.player import Replay
from cli.settings import read_settings
from tests.fault.test_kill import BACK_WITHIN
from tests.support.running_desk import PASSWORD, RunningDesk, wait_until
from tests.support.sessions import sessions
from tests.support.visitor import Visitor

WHY = "中断测试：来回切换版本"
SWITCHED_WITHIN = 60


@pytest.fixture
def database(desk: RunningDesk) -> Iterator[psycopg.Connection]:
    """The desk's database."""
    told = read_settings({"FENZHEN_HOME": str(desk.home), "FENZHEN_PORT": str(desk.port)})
    known = state.load(told.home.state)
    assert known is not None
    addresses = running_addresses(told, load_or_create(told.home.secrets), known.ports)
    with psycopg.connect(addresses.database_url, autocommit=True) as connection:
        yield connection


def live_of(database: psycopg.Connection) -> list[int]:
    rows = database.execute("SELECT number FROM release WHERE state = 'live'").fetchall()
    return [number for (number,) in rows]


@pytest.fixture
def two(desk: RunningDesk, database: psycopg.Connection) -> tuple[int, int]:
    """The live release, and one with the same files under another hash."""
    (live,) = live_of(database)
    (number,) = database.execute(
        """INSERT INTO release (state, data_hash, model_hash, evaluation, created_at)
           VALUES ('candidate', '-', '-', '{}', now()) RETURNING number"""
    ).fetchone()
    folder = desk.home / "releases" / str(number)
    shutil.copytree(desk.home / "releases" / str(live), folder)
    model = folder / "model.tar.gz"
    model.write_bytes(model.read_bytes() + gzip.compress(b"", mtime=number))
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    database.execute("UPDATE release SET model_hash = %s WHERE number = %s", (digest, number))
    return live, number


@pytest.fixture
def admin(desk: RunningDesk) -> Iterator[httpx.Client]:
    """The admin, signed in."""
    with httpx.Client(base_url=f"{desk.url}/api/v1", timeout=30, trust_env=False) as http:
        signed_in = http.post("/auth/login", json={"username": "admin", "password": PASSWORD})
        http.headers["X-CSRF-Token"] = signed_in.json()["csrf_token"]
        yield http


def move(admin: httpx.Client, number: int) -> bool:
    """Whether the desk has heard it; an api that was killed has not, or its answer was lost."""
    try:
        answer = admin.post(f"/learning/releases/{number}/promote", json={"override_reason": WHY})
    except httpx.HTTPError:
        return False
    return answer.is_success


async def test_killing_worker_rasa_and_api_during_promotions_leaves_one_live_release(
    desk: RunningDesk,
    database: psycopg.Connection,
    two: tuple[int, int],
    admin: httpx.Client,
    visit: Callable[[], Visitor],
) -> None:
    replay = Replay(desk.url, concurrency=3, turn_seconds=120)
    playing = asyncio.create_task(replay.play(sessions(18, 6)))
    for number, program in zip(itertools.cycle(reversed(two)), ("worker", "rasa", "api")):
        moving = asyncio.create_task(asyncio.to_thread(move, admin, number))
        pid = await asyncio.to_thread(desk.kill, program)
        await asyncio.to_thread(desk.wait_restarted, program, pid, BACK_WITHIN[program])
        heard = await moving
        (live,) = live_of(database)
        assert live in two
        assert not heard or live == number
    played = await playing
    summary = await replay.summary(played.conversation_ids, desk.service_token)
    assert dict(played.errors) == {}
    assert (lost(played, summary), summary.answered_twice) == (0, 0)
    mixed = """SELECT count(*) FROM turn JOIN triage_result USING (message_id)
               WHERE turn.release <> triage_result.release"""
    assert database.execute(mixed).fetchone() == (0,)
    (live,) = live_of(database)

    def answered_by() -> bool:
        visitor = visit()
        sent = visitor.send("退款多久到账")
        visitor.wait_for("bot", seconds=30)
        query = "SELECT release FROM turn WHERE message_id = %s"
        return database.execute(query, (sent,)).fetchone() == (live,)

    await asyncio.to_thread(wait_until, answered_by, SWITCHED_WITHIN, f"release {live} answers")
