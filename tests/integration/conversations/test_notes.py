"""Notes among staff: seen by staff, by customers never and on no way."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.support.desk_work import (
    agent_of,
    id_of,
    note,
    ok,
    path_of,
    refused,
    reply,
    taken_by,
    waiting_visitor,
)
from tests.support.rig import Rig
from tests.support.sockets import page

SECRET = "疑似职业索赔，先核实"


async def test_no_way_of_the_customer_shows_a_note(rig: Rig, address: str) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    written = await ok(note(agent, visitor, SECRET), 201)
    assert (written["private"], written["text"]) == (True, SECRET)
    seen = [json.dumps(await visitor.read(), ensure_ascii=False)]
    async with page(address, "/api/v1/visitor/ws") as open_page:
        await open_page.send({"type": "auth", "token": visitor.token, "after": 0})
        await open_page.until("ready")
        await ok(note(agent, visitor, SECRET + "！"), 201)
        recalled = await agent.post(path_of(visitor, f"/messages/{written['seq']}/recall"))
        assert recalled.status_code == 200
        await ok(reply(agent, visitor, "您好"), 201)
        assert (await open_page.message("agent"))["text"] == "您好"
        seen.append(json.dumps(open_page.seen, ensure_ascii=False))
    ticket = await ok(agent.post(path_of(visitor, "/to-ticket"), json={}), 201)
    status = await (await rig.client()).get(ticket["status_url"].replace("http://desk.test", ""))
    seen.append(status.text)
    seen.append(json.dumps(await visitor.read(), ensure_ascii=False))
    assert not any(SECRET in text or str(written["id"]) in text for text in seen)
    found = await visitor.read()
    assert found["recalled"] == []


async def test_a_note_is_in_no_packet_and_in_no_preview(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    await ok(note(agent, visitor, SECRET), 201)
    await ok(agent.post(path_of(visitor, "/return-to-bot"), json={}))
    packets = await rig.rows("SELECT packet::text AS packet FROM handoff")
    assert not any(SECRET in row.packet for row in packets)
    assert SECRET not in (await agent.get(path_of(visitor))).text
    assert SECRET in (await agent.get(path_of(visitor, "/messages"))).text


async def test_a_note_leaves_the_buttons_of_the_customer_as_they_are(rig: Rig) -> None:
    agent, visitor = await rig.staff(), await waiting_visitor(rig, "你好")
    before = (await visitor.read())["messages"]
    await ok(note(agent, visitor, SECRET), 201)
    assert (await visitor.read())["messages"] == before


async def test_somebody_mentioned_is_told_and_finds_it_in_their_view(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor, other = await taken_by(rig, agent), await taken_by(rig, agent)
    called = [await id_of(rig, "supervisor")] * 2
    await ok(note(agent, visitor, "@值班主管 请看", mentions=called, client_id="n1"), 201)
    await ok(note(agent, visitor, "@值班主管 请看", mentions=called, client_id="n1"), 201)
    await ok(note(agent, other, "没有叫人"), 201)
    told = await rig.rows("SELECT * FROM notification")
    assert [(str(row.staff_id), row.kind, row.subject_id) for row in told] == [
        (called[0], "mentioned", visitor.conversation_id)
    ]
    listed = await ok(supervisor.get("/api/v1/conversations", params={"view": "mentioned"}))
    assert [item["id"] for item in listed["items"]] == [str(visitor.conversation_id)]
    assert listed["counts"]["mentioned"] == 1
    own = await ok(agent.get("/api/v1/conversations", params={"view": "mentioned"}))
    assert own["items"] == []


async def test_nobody_is_called_who_may_not_see_it(rig: Rig) -> None:
    ours, _ = await agent_of(rig, "甲", "售后组")
    _, stranger = await agent_of(rig, "乙", "物流组")
    visitor = await taken_by(rig, ours)
    for staff_id in (stranger, str(uuid4())):
        asked = note(ours, visitor, "请看", mentions=[staff_id])
        await refused(asked, 422, "unknown_staff")
    assert await rig.scalar("SELECT count(*) FROM message WHERE private") == 0
    assert await rig.scalar("SELECT count(*) FROM notification") == 0


@pytest.mark.parametrize("text", ["", " \u200b ", "长" * 2001])
async def test_an_unfit_note_is_refused(rig: Rig, text: str) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    assert (await note(agent, visitor, text)).status_code == 422


async def test_a_note_and_a_reply_are_never_taken_for_each_other(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    await ok(note(agent, visitor, SECRET, client_id="same"), 201)
    await refused(reply(agent, visitor, "您好", client_id="same"), 409, "conflict")
    assert await visitor.texts("agent") == []
