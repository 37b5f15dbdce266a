"""What a customer says to a ticket, in the chat and on the status page, and what it sets going."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.rig import Rig, Visitor
from tests.support.ticketing import Opener, Person


def address(ticket: dict[str, str]) -> str:
    """The link, below this test's base."""
    return ticket["status_url"].removeprefix("http://127.0.0.1:8000")


def running(ticket: dict[str, Any]) -> set[str]:
    """Kinds of the clocks that run."""
    open_ones = [each for each in ticket["deadlines"] if each["met_at"] is None]
    return {each["kind"] for each in open_ones if not each["paused"]}


async def told(rig: Rig) -> list[Any]:
    """Who was told that a ticket has changed."""
    rows = await rig.rows("SELECT staff_id FROM notification WHERE kind = 'watched_changed'")
    return [row.staff_id for row in rows]


@pytest.fixture
async def visitor(rig: Rig) -> Visitor:
    """A customer in a chat."""
    visitor = await rig.visitor()
    await visitor.say("空调不制冷")
    return visitor


@pytest.fixture
async def ticket(agent: Person, open_: Opener, visitor: Visitor) -> dict[str, Any]:
    """A ticket of that chat that the agent works on."""
    of_it = str(visitor.conversation_id)
    return await open_(conversation_id=of_it, assignee_id=str(agent.id))


async def test_an_answer_in_the_chat_wakes_the_ticket_that_waits_for_it(
    rig: Rig, agent: Person, visitor: Visitor, ticket: dict[str, Any]
) -> None:
    number = ticket["number"]
    await agent.do(f"/{number}/notes", {"text": "请问型号？", "public": True})
    waiting = await agent.move(ticket, "pending_customer")
    assert running(waiting) == set()
    await visitor.say("KFR-35")
    woken = await agent.get(f"/{number}")
    assert (woken["state"], running(woken)) == ("open", {"ticket_resolution", "next_response"})
    assert await told(rig) == [agent.id]
    history = (await agent.get(f"/{number}/history"))["items"]
    assert (history[-1]["kind"], history[-1]["author"]) == ("state", None)


async def test_who_works_on_an_open_ticket_hears_of_a_message_once_until_they_look(
    rig: Rig, agent: Person, visitor: Visitor, ticket: dict[str, Any]
) -> None:
    await visitor.say("在吗")
    await visitor.say("还有人吗")
    assert await told(rig) == [agent.id]
    await rig.rows("UPDATE notification SET read_at = now() RETURNING 1")
    await visitor.say("请回复")
    assert await told(rig) == [agent.id, agent.id]
    assert (await agent.get(f"/{ticket['number']}"))["state"] == "open"


async def test_a_message_in_the_chat_leaves_alone_what_is_solved(
    rig: Rig, agent: Person, visitor: Visitor, ticket: dict[str, Any]
) -> None:
    await agent.move(ticket, "resolved")
    await visitor.say("谢谢")
    assert (await agent.get(f"/{ticket['number']}"))["state"] == "resolved"
    assert await told(rig) == []


async def test_two_tickets_that_wait_both_go_on(
    agent: Person, open_: Opener, visitor: Visitor, ticket: dict[str, Any]
) -> None:
    second = await open_(conversation_id=str(visitor.conversation_id))
    for each in (ticket, second):
        await agent.move(each, "pending_customer")
    await visitor.say("都是 KFR-35")
    for each in (ticket, second):
        assert (await agent.get(f"/{each['number']}"))["state"] == "open"


async def test_what_the_customer_adds_is_answered_in_time(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    customer = await rig.client()
    ticket = await open_()
    number = ticket["number"]
    await customer.post(address(ticket), data={"text": "型号 KFR-35"})
    assert "next_response" not in running(await agent.get(f"/{number}")), "the first one runs"
    answer = {"text": "师傅明天上门", "public": True}
    await agent.do(f"/{number}/notes", answer)
    await customer.post(address(ticket), data={"text": "几点？"})
    assert "next_response" in running(await agent.get(f"/{number}"))
    await agent.do(f"/{number}/notes", {"text": "内部备注"})
    assert "next_response" in running(await agent.get(f"/{number}"))
    answered = await agent.do(f"/{number}/notes", answer)
    assert "next_response" not in running(answered)


async def reveal(
    agent: Person, ticket: dict[str, Any], note: dict[str, Any], reason: str
) -> httpx.Response:
    path = f"/api/v1/tickets/{ticket['number']}/notes/{note['id']}/reveal"
    return await agent.http.post(path, json={"reason": reason})


async def test_what_the_customer_wrote_is_read_in_full_for_a_reason(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    customer = await rig.client()
    ticket, other = await open_(), await open_()
    await customer.post(address(ticket), data={"text": "请打 13800138000"})
    (note,) = (await agent.get(f"/{ticket['number']}"))["notes"]
    assert (note["masked"], "13800138000" in note["text"]) == (True, False)
    short = await reveal(agent, ticket, note, "看")
    assert (short.status_code, short.json()["error"]["code"]) == (422, "reason_too_short")
    shown = await reveal(agent, ticket, note, "回电核实地址")
    assert shown.json() == {"text": "请打 13800138000"}
    (look,) = await rig.rows("SELECT * FROM audit_record WHERE action = 'reveal'")
    assert (look.subject_kind, look.data["reason"]) == ("ticket", "回电核实地址")
    assert (look.data["number"], look.data["note_id"]) == (ticket["number"], note["id"])
    assert (await agent.get(f"/{ticket['number']}/history"))["items"][-1]["kind"] == "revealed"
    elsewhere = await reveal(agent, other, note, "回电核实地址")
    assert (elsewhere.status_code, elsewhere.json()["error"]["code"]) == (404, "not_found")


async def test_a_note_with_nothing_masked_is_shown_without_a_record(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    ticket = await open_()
    noted = await agent.do(f"/{ticket['number']}/notes", {"text": "回电 13800138000"})
    (note,) = noted["notes"]
    assert note["masked"] is False
    shown = await reveal(agent, ticket, note, "回电核实地址")
    assert shown.json() == {"text": "回电 13800138000"}
    assert await rig.scalar("SELECT count(*) FROM audit_record WHERE action = 'reveal'") == 0
