"""How much one network address may ask for without signing in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.files import PNG
from tests.support.rig import Rig

SESSIONS = "/api/v1/visitor/sessions"
FILES = "/api/v1/visitor/attachments"


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
