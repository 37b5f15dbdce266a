"""Replies, quotes, files, crossing messages, recalls: what the customer gets to see."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx

from tests.support.desk_work import (
    agent_of,
    note,
    ok,
    path_of,
    refused,
    reply,
    taken_by,
    waiting_visitor,
)
from tests.support.rig import Rig, Visitor
from tests.support.sockets import page
from tests.support.waiting import eventually

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


async def upload(http: httpx.AsyncClient, path: str, name: str = "破损.png") -> dict[str, Any]:
    return await ok(http.post(path, files={"file": (name, PNG, "image/png")}), 201)


async def test_a_reply_is_held_back_when_somebody_else_has_spoken(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor = await taken_by(rig, agent)
    seen = (await visitor.read())["next"]
    await ok(supervisor.post(path_of(visitor, "/take")))
    said = (await reply(supervisor, visitor, "我来处理")).json()["seq"]
    await ok(supervisor.post(path_of(visitor, "/return-to-bot"), json={}))
    await ok(agent.post(path_of(visitor, "/take")))
    details = await refused(reply(agent, visitor, "您好", after_seq=seen), 409, "crossed")
    assert details == {"newer": [said], "customer": []}
    assert (await visitor.texts("agent")) == ["我来处理"]
    assert (await reply(agent, visitor, "您好", after_seq=seen, force=True)).status_code == 201
    assert (await reply(agent, visitor, "您好", after_seq=said)).status_code == 201


async def test_what_the_bot_said_meanwhile_holds_a_reply_back(rig: Rig) -> None:
    agent, visitor = await rig.staff(), await waiting_visitor(rig, "你好")
    await ok(agent.post(path_of(visitor, "/take")))
    details = await refused(reply(agent, visitor, "您好", after_seq=1), 409, "crossed")
    assert details == {"newer": [2], "customer": []}


async def test_a_customer_who_writes_on_and_notes_hold_no_reply_back(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor = await taken_by(rig, agent)
    seen = (await visitor.read())["next"]
    await visitor.say("快一点")
    await ok(note(supervisor, visitor, "注意语气"), 201)
    await ok(reply(agent, visitor, "好的", after_seq=seen), 201)
    await ok(reply(agent, visitor, "马上", after_seq=seen), 201)
    assert await visitor.texts("agent") == ["好的", "马上"]


async def test_a_resend_after_a_crossing_gives_the_first_message_back(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    first = await ok(reply(agent, visitor, "您好", client_id="a1", after_seq=3), 201)
    again = await ok(reply(agent, visitor, "您好", client_id="a1", after_seq=0), 201)
    assert first == again


async def test_the_customer_sees_a_quote_with_its_words(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    asked = (await visitor.read())["messages"][0]
    sent = await ok(reply(agent, visitor, "这就办", quote_of=asked["id"]), 201)
    expected = {"seq": 1, "author": "customer", "author_name": None, "text": "转人工"}
    assert sent["quote"] == expected
    assert (await visitor.read())["messages"][-1]["quote"] == expected


async def test_only_what_the_customer_sees_of_this_conversation_can_be_quoted(rig: Rig) -> None:
    agent = await rig.staff()
    visitor, other = await taken_by(rig, agent), await taken_by(rig, agent)
    private = await ok(note(agent, visitor, "客户语气不好"), 201)
    elsewhere = (await other.read())["messages"][0]
    before = await visitor.texts()
    for quoted in (private["id"], elsewhere["id"], str(uuid4())):
        await refused(reply(agent, visitor, "见上", quote_of=quoted), 422, "unknown_quote")
    assert await visitor.texts() == before


async def test_a_file_is_sent_once_and_by_who_sent_it_up(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor, other = await taken_by(rig, agent), await taken_by(rig, agent)
    mine = await upload(agent, path_of(visitor, "/attachments"))
    theirs = await upload(supervisor, path_of(visitor, "/attachments"))
    elsewhere = await upload(agent, path_of(other, "/attachments"))
    for file_id in (theirs["id"], elsewhere["id"], str(uuid4())):
        asked = reply(agent, visitor, "请看", attachment_ids=[mine["id"], file_id])
        await refused(asked, 422, "unknown_attachment")
    assert await visitor.texts("agent") == []
    sent = await ok(reply(agent, visitor, "", attachment_ids=[mine["id"]]), 201)
    assert (sent["text"], sent["attachments"]) == ("[图片]", [mine])
    assert (await visitor.read())["messages"][-1]["attachments"] == [mine]
    again = reply(agent, visitor, "再发", attachment_ids=[mine["id"]])
    await refused(again, 422, "unknown_attachment")


async def test_a_customer_sends_a_picture_without_words(rig: Rig) -> None:
    visitor, agent = await rig.visitor(), await rig.staff()
    sent = await upload(visitor.http, "/api/v1/visitor/attachments")
    body = {"text": "", "client_id": "p1", "attachment_ids": [sent["id"]]}
    accepted = await ok(visitor.http.post("/api/v1/visitor/messages", json=body), 202)
    again = await ok(visitor.http.post("/api/v1/visitor/messages", json=body), 202)
    assert (accepted["seq"], again["duplicate"]) == (1, True)
    (message,) = (await ok(agent.get(path_of(visitor, "/messages"))))["messages"]
    assert (message["text"], message["attachments"]) == ("[图片]", [sent])
    stolen = {"text": "看", "client_id": "p2", "attachment_ids": [sent["id"]]}
    asked = (await rig.visitor()).http.post("/api/v1/visitor/messages", json=stolen)
    await refused(asked, 422, "unknown_attachment")


async def recall(agent: httpx.AsyncClient, visitor: Visitor, seq: int) -> httpx.Response:
    return await agent.post(path_of(visitor, f"/messages/{seq}/recall"))


async def test_a_recalled_message_is_gone_for_everybody_but_the_database(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    sent = await ok(reply(agent, visitor, "退您 500 元"), 201)
    await ok(reply(agent, visitor, "如上", quote_of=sent["id"]), 201)
    taken_back = await ok(recall(agent, visitor, sent["seq"]))
    assert (taken_back["recalled"], taken_back["text"]) == (True, "消息已撤回")
    found = await visitor.read()
    shown = {message["seq"]: message for message in found["messages"]}
    assert shown[sent["seq"]]["text"] == "对方撤回了一条消息"
    assert shown[sent["seq"] + 1]["quote"]["text"] == "对方撤回了一条消息"
    assert found["recalled"] == [sent["seq"]]
    staff = await agent.get(path_of(visitor, "/messages"))
    hops = await agent.get(
        "/api/v1/handoffs", params={"conversation_id": str(visitor.conversation_id)}
    )
    for seen in (str(found), staff.text, hops.text, (await agent.get(path_of(visitor))).text):
        assert "500 元" not in seen
    assert "500" in await rig.scalar("SELECT text FROM message WHERE recalled_at IS NOT NULL")
    assert await ok(recall(agent, visitor, sent["seq"])) == taken_back


async def test_the_list_no_longer_shows_what_was_recalled(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    sent = await ok(reply(agent, visitor, "退您 500 元"), 201)
    await ok(recall(agent, visitor, sent["seq"]))
    detail = await ok(agent.get(path_of(visitor)))
    assert detail["last_message"]["text"] == "消息已撤回"


async def test_only_ones_own_and_only_for_two_minutes(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor = await taken_by(rig, agent)
    sent = await ok(reply(agent, visitor, "您好"), 201)
    await refused(recall(supervisor, visitor, sent["seq"]), 403, "forbidden")
    await refused(recall(agent, visitor, 1), 403, "forbidden")
    await refused(recall(agent, visitor, 99), 404, "not_found")
    async with rig.database.transaction() as tx:
        await (await tx.connection()).exec_driver_sql(
            "UPDATE message SET created_at = created_at - interval '121 seconds'"
        )
    details = await refused(recall(agent, visitor, sent["seq"]), 409, "too_late")
    assert details == {"seconds": 120}
    assert await visitor.texts("agent") == ["您好"]


async def test_an_open_page_is_told_of_a_recall(rig: Rig, address: str) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    sent = await ok(reply(agent, visitor, "退您 500 元"), 201)
    async with page(address, "/api/v1/visitor/ws") as open_page:
        await open_page.send({"type": "auth", "token": visitor.token, "after": sent["seq"]})
        await open_page.until("ready")
        await ok(recall(agent, visitor, sent["seq"]))
        frame = await open_page.until("message")
    assert (frame["message"]["id"], frame["message"]["recalled"]) == (sent["id"], True)


async def test_a_waiting_page_is_told_of_a_recall(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    sent = await ok(reply(agent, visitor, "退您 500 元"), 201)
    waiting = asyncio.create_task(visitor.read(after=sent["seq"], wait=20))
    await eventually(lambda: rig.desk.hub._listeners, "the request listens")
    await ok(recall(agent, visitor, sent["seq"]))
    assert (await waiting)["recalled"] == [sent["seq"]]


async def test_another_teams_conversation_is_not_there(rig: Rig) -> None:
    ours, _ = await agent_of(rig, "甲", "售后组")
    theirs, _ = await agent_of(rig, "乙", "物流组")
    visitor = await taken_by(rig, ours)
    for asked in (
        theirs.get(path_of(visitor)),
        theirs.get(path_of(visitor, "/messages")),
        note(theirs, visitor, "看看"),
        reply(theirs, visitor, "您好"),
        theirs.put(path_of(visitor, "/tags"), json={"tags": ["x"]}),
        theirs.put(path_of(visitor, "/labels"), json={"priority": "P1"}),
        theirs.post(path_of(visitor, "/wrap-up")),
        theirs.post(path_of(visitor, "/viewing"), json={"typing": False}),
        theirs.get(path_of(visitor, "/viewers")),
    ):
        await refused(asked, 404, "not_found")
    listed = await ok(theirs.get("/api/v1/conversations", params={"view": "open"}))
    assert (listed["items"], listed["counts"]["open"]) == ([], 0)
    await ok((await rig.staff("supervisor")).get(path_of(visitor)))


async def test_who_looks_and_types_is_known_for_a_while(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor = await taken_by(rig, agent)
    async with rig.desk.hub.listen(str(visitor.conversation_id)) as events:
        await ok(agent.post(path_of(visitor, "/viewing"), json={"typing": True}), 204)
        async with asyncio.timeout(5):
            while (await events.get()).kind != "viewers":
                continue
    await ok(supervisor.post(path_of(visitor, "/viewing"), json={"typing": False}), 204)
    seen = (await ok(agent.get(path_of(visitor, "/viewers"))))["viewers"]
    assert {(each["display_name"], each["typing"]) for each in seen} == {
        ("小云", True),
        ("值班主管", False),
    }
    listed = await ok(agent.get("/api/v1/conversations", params={"view": "mine"}))
    assert [item["viewers"] for item in listed["items"]] == [2]
    await rig.desk.redis.flushall()
    assert (await ok(agent.get(path_of(visitor, "/viewers"))))["viewers"] == []


async def test_a_message_says_who_wrote_it_also_when_two_have_the_same_name(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    await rig.rows("UPDATE staff SET display_name = '小云' WHERE role <> 'admin' RETURNING 1")
    visitor = await taken_by(rig, agent)
    await reply(agent, visitor, "您好")
    await note(supervisor, visitor, "先退款")
    ids = [(await ok(each.get("/api/v1/auth/me")))["user"]["id"] for each in (agent, supervisor)]
    found = (await ok(agent.get(path_of(visitor, "/messages"))))["messages"]
    written = {each["text"]: (each["author_name"], each["author_id"]) for each in found}
    assert written["您好"] == ("小云", ids[0])
    assert written["先退款"] == ("小云", ids[1])
    assert {each["author_id"] for each in found if each["author"] in ("customer", "bot")} == {None}
