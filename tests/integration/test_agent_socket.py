"""The console's WebSocket against a real uvicorn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from api.auth.dependencies import COOKIE
from api.events import Event
from api.settings import Settings
from tests.support.rig import Rig, served
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


async def test_who_asks_for_a_person_is_on_the_screen_of_a_free_agent(
    rig: Rig, address: str
) -> None:
    agent, visitor = await rig.staff(), await rig.visitor("钱先生")
    async with console(address, agent) as open_page:
        await visitor.say("转人工")
        await rig.run_turns()
        shown = (await open_page.until("conversation"))["conversation"]
        assert (shown["state"], shown["customer"]["display_name"]) == ("active", "钱先生")
        listed = (await agent.get("/api/v1/conversations", params={"view": "mine"})).json()
        assert listed["items"] == [shown]
        told = await open_page.until("notification")
        assert told["notification"]["subject"]["id"] == str(visitor.conversation_id)


async def test_a_console_sees_the_queue_that_others_wait_in(rig: Rig, address: str) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    await agent.put("/api/v1/agents/me/presence", json={"presence": "busy"})
    async with console(address, agent) as open_page:
        await visitor.say("转人工")
        await rig.run_turns()
        shown = await open_page.until("conversation")
        assert shown["conversation"]["state"] == "queued"


async def test_what_the_bot_has_is_shown_only_to_who_looks_at_it(rig: Rig, address: str) -> None:
    agent, visitor, other = await rig.staff(), await rig.visitor(), await rig.visitor()
    path = f"/api/v1/conversations/{visitor.conversation_id}/viewing"
    async with console(address, agent) as open_page:
        assert (await agent.post(path, json={})).status_code == 204
        await open_page.until("viewers", conversation_id=str(visitor.conversation_id))
        await other.say("你好")
        await visitor.say("你好")
        await open_page.until("conversation")
    seen = {
        frame["conversation"]["id"] for frame in open_page.seen if frame["type"] == "conversation"
    }
    assert seen == {str(visitor.conversation_id)}


async def test_a_console_is_told_which_old_message_has_changed(rig: Rig, address: str) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    conversation_id = str(visitor.conversation_id)
    async with console(address, agent) as open_page:
        await agent.post(f"/api/v1/conversations/{conversation_id}/take")
        while (await open_page.until("conversation"))["conversation"]["state"] != "active":
            pass
        async with rig.database.transaction() as tx:
            tx.emit(Event("message", conversation_id, {"changed": "1"}))
        while not (await open_page.until("conversation"))["changed"]:
            pass
    assert [frame["changed"] for frame in open_page.seen if frame.get("changed")] == [[1]]


async def test_many_messages_at_once_are_told_as_a_few_changes(rig: Rig, address: str) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    async with console(address, agent) as open_page:
        await agent.post(f"/api/v1/conversations/{visitor.conversation_id}/take")
        for number in range(30):
            await visitor.say(f"第 {number} 条")
        while (await open_page.until("conversation"))["conversation"]["unread"] != 30:
            pass
    assert len(open_page.seen) < 20


async def test_an_agent_sees_their_customer_type(rig: Rig, address: str) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    await agent.post(f"/api/v1/conversations/{visitor.conversation_id}/take")
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


async def test_an_agent_sees_what_their_customer_has_read(rig: Rig, address: str) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    path = f"/api/v1/conversations/{visitor.conversation_id}"
    await agent.post(f"{path}/take")
    reply = (await agent.post(f"{path}/messages", json={"text": "在的", "client_id": "a1"})).json()
    assert (await agent.get(path)).json()["customer_read_seq"] == 0
    async with (
        console(address, agent) as open_page,
        page(address, "/api/v1/visitor/ws") as visitor_page,
    ):
        await visitor_page.send({"type": "auth", "token": visitor.token, "after": 0})
        await visitor_page.until("ready")
        await visitor_page.send({"type": "read", "seq": reply["seq"]})
        assert await open_page.until("read") == {
            "type": "read",
            "conversation_id": str(visitor.conversation_id),
            "seq": reply["seq"],
        }
    assert (await agent.get(path)).json()["customer_read_seq"] == reply["seq"]


@pytest.mark.parametrize("frame", ["", "not json", "[]", "null", '{"type": 5}', b"\x00\xff"])
async def test_a_bad_frame_does_not_end_the_connection(
    rig: Rig, address: str, frame: str | bytes
) -> None:
    async with console(address, await rig.staff()) as open_page:
        await open_page.send(frame)
        await open_page.send({"type": "ping"})
        assert await open_page.until("pong") == {"type": "pong"}


async def test_the_last_console_that_closes_says_goodbye_and_no_earlier_one(
    rig: Rig, address: str
) -> None:
    agent = await rig.staff()

    async def gone() -> bool:
        seen = "SELECT count(*) FROM staff WHERE last_seen_at IS NOT NULL"
        return bool(await rig.scalar(seen) == 0)

    async with console(address, agent) as first, console(address, agent) as second:
        await second.leave()
        await first.send({"type": "ping"})
        await first.until("pong")
        assert not await gone()
    await eventually(gone, "nobody is there")


async def test_a_console_in_another_process_keeps_its_owner_there(
    rig: Rig, address: str, settings: Settings
) -> None:
    agent = await rig.staff()
    with served(settings) as elsewhere:
        async with console(elsewhere, agent):
            async with console(address, agent) as here:
                await here.leave()
            for _ in range(3):
                await agent.get("/api/v1/auth/me")
            me = (await agent.get("/api/v1/agents/me")).json()
            assert me["effective_presence"] == "online"


async def test_who_comes_and_goes_is_told_to_all(rig: Rig, address: str) -> None:
    agent, other = await rig.staff(), await rig.colleague("小雨")
    async with console(address, agent) as open_page:
        await other.put("/api/v1/agents/me/presence", json={"presence": "break"})
        told = await open_page.until("presence")
        while told["agent"]["display_name"] != "小雨":
            told = await open_page.until("presence")
        assert (told["agent"]["presence"], told["agent"]["email"]) == ("break", None)


async def test_a_changed_ticket_is_told_to_who_may_see_it(rig: Rig, address: str) -> None:
    agent = await rig.staff()
    async with console(address, agent) as open_page:
        body = {
            "customer": {"display_name": "周女士"},
            "kind": "request",
            "description": "空调不制冷",
        }
        opened = await agent.post("/api/v1/tickets", json=body)
        assert opened.status_code == 201, opened.text
        told = await open_page.until("ticket")
        assert told == {"type": "ticket", "number": opened.json()["number"]}


async def test_a_console_that_left_is_not_listened_to_any_more(rig: Rig, address: str) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    async with console(address, agent):
        pass
    await visitor.say("你好")
    async with console(address, agent) as open_page:
        await agent.post(f"/api/v1/conversations/{visitor.conversation_id}/take")
        await visitor.say("还在吗")
        await open_page.until("conversation")
    health = await agent.get("/health/live")
    assert health.json() == {"status": "ok"}
    assert rig.desk.screens.everybody == [], "it is another process that serves them"


async def test_those_who_lead_follow_trainings_and_agents_do_not(rig: Rig, address: str) -> None:
    agent, supervisor, admin = [await rig.staff(name) for name in ("agent", "supervisor", "admin")]
    async with console(address, agent) as others, console(address, supervisor) as leads:
        run = (await admin.post("/api/v1/learning/runs")).json()
        told = await leads.until("training")
        assert told["run"] == run
        await admin.post(f"/api/v1/learning/runs/{run['id']}/cancel")
        assert (await leads.until("training"))["run"]["state"] == "cancelled"
        await others.send({"type": "ping"})
        await others.until("pong")
        assert "training" not in {frame["type"] for frame in others.seen}
