"""How much one network address may ask for without signing in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.support.embedded import running_valkey
from tests.support.files import PNG
from tests.support.rig import Rig, rig_for, settings_for

SESSIONS = "/api/v1/visitor/sessions"
FILES = "/api/v1/visitor/attachments"
SIGN_IN = "/api/v1/auth/login"


@pytest.fixture
def strict(rig: Rig) -> Rig:
    """A desk that allows little."""
    figures = {"visitor_sessions_per_minute": 3, "visitor_uploads_per_minute": 2}
    settings = rig.desk.settings.model_copy(update=figures)
    rig.app.state.desk = replace(rig.desk, settings=settings)
    return rig


async def test_one_address_opens_so_many_conversations_a_minute(strict: Rig) -> None:
    flood, other = await strict.client("203.0.113.1"), await strict.client("203.0.113.2")
    assert [(await flood.post(SESSIONS)).status_code for _ in range(4)] == [201, 201, 201, 429]
    assert (await other.post(SESSIONS)).status_code == 201


async def test_the_desks_own_machine_is_not_counted(strict: Rig) -> None:
    own = await strict.client()
    assert [(await own.post(SESSIONS)).status_code for _ in range(5)] == [201] * 5


async def test_one_address_sends_so_many_files_a_minute(strict: Rig) -> None:
    http = await strict.client("203.0.113.3")
    token = (await http.post(SESSIONS)).json()["token"]
    http.headers["Authorization"] = f"Bearer {token}"

    async def send() -> int:
        return (await http.post(FILES, files={"file": ("a.png", PNG)})).status_code

    assert [await send() for _ in range(3)] == [201, 201, 429]


async def test_two_processes_count_together(strict: Rig) -> None:
    address = "203.0.113.4"
    one = await strict.client(address)
    async with rig_for(strict.app.state.desk.settings) as other_process:
        other = await other_process.client(address)
        asked = [one, other, one, other, one]
        assert [(await http.post(SESSIONS)).status_code for http in asked] == [*[201] * 3, 429, 429]


async def test_two_processes_count_sign_ins_together(rig: Rig) -> None:
    async def codes(http: httpx.AsyncClient, times: int) -> set[int]:
        body = {"username": "nobody-here", "password": "wrong"}
        return {(await http.post(SIGN_IN, json=body)).status_code for _ in range(times)}

    address = "203.0.113.5"
    async with rig_for(rig.desk.settings) as other_process:
        one, other = await rig.client(address), await other_process.client(address)
        assert await codes(one, 5) == {401}
        assert await codes(other, 5) == {401}
        assert await codes(one, 1) == await codes(other, 1) == {429}


async def test_while_redis_is_away_each_process_counts_for_itself(
    database_url: str, tmp_path: Path
) -> None:
    with running_valkey() as valkey:
        settings = settings_for(
            database_url, valkey.connection_url, tmp_path, visitor_sessions_per_minute=3
        )
        async with rig_for(settings) as rig:
            http = await rig.client("203.0.113.6")
            assert (await http.post(SESSIONS)).status_code == 201
            valkey.stop()
            after = [(await http.post(SESSIONS)).status_code for _ in range(4)]
            assert after == [201, 201, 201, 429]


async def test_an_emptied_redis_counts_anew(strict: Rig) -> None:
    http = await strict.client("203.0.113.7")
    for _ in range(2):
        assert [(await http.post(SESSIONS)).status_code for _ in range(4)] == [*[201] * 3, 429]
        await strict.desk.redis.flushall()
