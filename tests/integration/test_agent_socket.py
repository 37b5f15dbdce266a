"""The console's WebSocket against a real uvicorn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from api.auth.dependencies import COOKIE
from tests.support.rig import Rig
from tests.support.sockets import Page, page
from tests.support.waiting import eventually

PATH = "/api/v1/agent/ws"


@asynccontextmanager
async def console(address: str, staff: httpx.AsyncClient) -> AsyncIterator[Page]:
    """An open console, after its `ready`."""
    headers = {"Cookie": f"{COOKIE}={staff.cookies[COOKIE]}"}
    async with page(address, PATH, additional_headers=headers) as open_page:
        ready = await open_page.next()
        assert ready["type"] == "ready"
        yield open_page


@pytest.mark.parametrize("cookie", [None, "", "x", "A" * 43])
async def test_without_a_session_it_closes_with_4401(
    rig: Rig, address: str, cookie: str | None
) -> None:
    headers = {} if cookie is None else {"Cookie": f"{COOKIE}={cookie}"}
    async with page(address, PATH, additional_headers=headers) as open_page:
        assert await open_page.close_code() == 4401


async def test_a_foreign_site_is_refused_although_the_browser_sends_the_cookie(
    rig: Rig, address: str
) -> None:
    agent = await rig.staff()
    headers = {"Cookie": f"{COOKIE}={agent.cookies[COOKIE]}"}
    with pytest.raises(InvalidStatus) as refused:
        async with page(address, PATH, additional_headers=headers, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_a_console_learns_who_it_is_and_counts_as_online(rig: Rig, address: str) -> None:
    agent = await rig.staff()
    async with console(address, agent) as open_page:
        user = open_page.seen[0]["user"]
        assert user == (await agent.get("/api/v1/auth/me")).json()["user"]
    online = await rig.scalar("SELECT count(*) FROM staff WHERE last_seen_at IS NOT NULL")
    assert online == 1


async def test_a_console_sees_every_change_of_every_conversation(rig: Rig, address: str) -> None:
    agent, visitor = await rig.staff(), await rig.visitor("钱先生")
    async with console(address, agent) as open_page:
        await visitor.say("转人工")
        first = await open_page.until("conversation")
        assert first["conversation"]["customer"]["display_name"] == "钱先生"
        await rig.run_turns()
        changed = await open_page.until("conversation")
        assert changed["conversation"]["state"] == "queued"
        listed = (await agent.get("/api/v1/conversations")).json()["items"]
        assert listed == [changed["conversation"]]


async def test_many_messages_at_once_are_told_as_a_few_changes(rig: Rig, address: str) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    async with console(address, agent) as open_page:
        for number in range(30):
            await visitor.say(f"第 {number} 条")
        while (await open_page.until("conversation"))["conversation"]["unread"] != 30:
            pass
    assert len(open_page.seen) < 20


async def test_a_console_sees_the_customer_type(rig: Rig, address: str) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    async with (
        console(address, agent) as open_page,
        page(address, "/api/v1/visitor/ws") as visitor_page,
    ):
        await visitor_page.send({"type": "auth", "token": visitor.token, "after": 0})
        await visitor_page.until("ready")
        await visitor_page.send({"type": "typing"})
        typing = await open_page.until("typing")
    assert typing == {
        "type": "typing",
        "conversation_id": str(visitor.conversation_id),
        "author": "customer",
    }


@pytest.mark.parametrize("frame", ["", "not json", "[]", "null", '{"type": 5}', b"\x00\xff"])
async def test_a_bad_frame_does_not_end_the_connection(
    rig: Rig, address: str, frame: str | bytes
) -> None:
    async with console(address, await rig.staff()) as open_page:
        await open_page.send(frame)
        await open_page.send({"type": "ping"})
        assert await open_page.until("pong") == {"type": "pong"}


async def test_a_console_that_left_is_not_listened_to_any_more(rig: Rig, address: str) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    async with console(address, agent):
        pass
    await visitor.say("你好")
    async with console(address, agent) as open_page:
        await visitor.say("还在吗")
        await open_page.until("conversation")
    health = await agent.get("/health/live")
    assert health.json() == {"status": "ok"}
    await eventually(lambda: not rig.desk.hub._listeners, "nobody listens")
