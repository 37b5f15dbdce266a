"""Canned replies, macros, saved filters."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.desk_tools import canned, macros
from tests.support.desk_work import (
    id_of,
    ok,
    path_of,
    refused,
    taken_by,
    waiting_visitor,
)
from tests.support.rig import Rig, Visitor

CANNED, MACROS, VIEWS = "/api/v1/canned-replies", "/api/v1/macros", "/api/v1/saved-views"
REPLY = {"shortcut": "补发", "title": "安排补发", "text": "{{customer.name}}您好，已为您补发。"}
SORRY = {"kind": "reply", "text": "非常抱歉，我是{{agent.name}}，马上处理。"}


async def macro(supervisor: httpx.AsyncClient, *actions: dict[str, Any]) -> str:
    body = {"name": f"宏 {uuid4().hex[:6]}", "actions": actions}
    return str((await ok(supervisor.post(MACROS, json=body), 201))["id"])


async def run(
    agent: httpx.AsyncClient, visitor: Visitor, macro_id: str, **guard: object
) -> httpx.Response:
    path = path_of(visitor, f"/macros/{macro_id}")
    return await agent.post(path, json={"client_id": "m1", **guard})


async def shown(agent: httpx.AsyncClient, visitor: Visitor, q: str) -> list[dict[str, Any]]:
    """What an agent can choose from in the conversation."""
    found = await ok(agent.get(path_of(visitor, "/canned-replies"), params={"q": q}))
    items: list[dict[str, Any]] = found["items"]
    return items


async def test_a_fresh_desk_has_ready_replies_once(rig: Rig) -> None:
    agent = await rig.staff()
    found = await ok(agent.get(CANNED))
    assert len(found["items"]) == len(canned.read_bundled())
    assert found["variables"]["customer.name"] == "客户称呼"
    async with rig.database.transaction() as tx:
        assert await canned.seed(tx) == 0
    by_initials = await ok(agent.get(CANNED, params={"q": "kcwh"}))
    assert [reply["title"] for reply in by_initials["items"]] == ["开场问候"]


async def test_a_fresh_desk_has_macros_that_work_once(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    fresh = (await ok(agent.get(MACROS)))["items"]
    assert {each["name"] for each in fresh} == {"致歉并转工单", "催物流并告知时限", "结束并致谢"}
    for each in fresh:
        visitor = await taken_by(rig, agent)
        done = await ok(run(agent, visitor, each["id"]))
        assert done["done"] == [action["kind"] for action in each["actions"]]
    for each in fresh:
        await ok(supervisor.delete(f"{MACROS}/{each['id']}"), 204)
    async with rig.database.transaction() as tx:
        assert await macros.seed(tx) == 0, "what was thrown away stays away"


async def test_supervisors_write_replies_and_agents_use_them(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor = await taken_by(rig, agent)
    await refused(agent.post(CANNED, json=REPLY), 403, "forbidden")
    made = await ok(supervisor.post(CANNED, json=REPLY), 201)
    await refused(supervisor.post(CANNED, json=REPLY), 409, "name_taken")
    (ready,) = await shown(agent, visitor, "补发")
    assert (ready["text"], ready["missing"]) == ("访客您好，已为您补发。", [])
    changed = {**REPLY, "text": "订单 {{order.number}} 已补发。", "version": 1}
    assert (await ok(supervisor.put(f"{CANNED}/{made['id']}", json=changed)))["version"] == 2
    await refused(supervisor.put(f"{CANNED}/{made['id']}", json=changed), 409, "conflict")
    (ready,) = await shown(agent, visitor, "补发")
    assert (ready["text"], ready["missing"]) == ("订单 【订单号】 已补发。", ["order.number"])
    await ok(supervisor.delete(f"{CANNED}/{made['id']}"), 204)
    assert await shown(agent, visitor, "补发") == []
    elsewhere = f"/api/v1/conversations/{uuid4()}/canned-replies"
    await refused(agent.get(elsewhere), 404, "not_found")


async def test_what_is_known_of_the_conversation_is_filled_in(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor = await taken_by(rig, agent)
    ticket = await ok(agent.post(path_of(visitor, "/to-ticket"), json={}), 201)
    async with rig.database.transaction() as tx:
        await (await tx.connection()).exec_driver_sql(
            """UPDATE conversation SET slots = '{"order_number": "YS1"}'"""
        )
    text = "{{ticket.number}} {{order.number}} {{agent.name}} {{queue.wait}}"
    await ok(supervisor.post(CANNED, json={**REPLY, "text": text}), 201)
    (ready,) = await shown(agent, visitor, "补发")
    assert ready["text"] == f"{ticket['number']} YS1 小云 【排队等待时间】"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": "{{customer.phone}}"}, "unknown_variable"),
        ({"text": "{{"}, "unknown_variable"),
        ({"text": " "}, "validation_failed"),
        ({"text": "长" * 2001}, "validation_failed"),
        ({"shortcut": "a b"}, "validation_failed"),
        ({"shortcut": ""}, "validation_failed"),
        ({"category": "nonsense"}, "validation_failed"),
    ],
)
async def test_an_unfit_reply_is_not_saved(rig: Rig, change: dict[str, str], code: str) -> None:
    supervisor = await rig.staff("supervisor")
    await refused(supervisor.post(CANNED, json=REPLY | change), 422, code)


async def test_a_macro_does_everything_in_order_and_once(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor = await taken_by(rig, agent)
    actions: list[dict[str, Any]] = [
        SORRY,
        {"kind": "note", "text": "{{agent.name}} 已安抚"},
        {"kind": "tag", "tags": ["加急"]},
        {"kind": "priority", "priority": "P2"},
        {"kind": "to_ticket", "title": "补发", "note": "请仓库核实"},
        {"kind": "close", "result": "ticket", "follow_up": True},
    ]
    macro_id = await macro(supervisor, *actions)
    answers = await asyncio.gather(*(run(agent, visitor, macro_id) for _ in range(4)))
    done = [answer.json() for answer in answers]
    assert {answer.status_code for answer in answers} == {200}, answers[0].text
    assert sorted(each["repeated"] for each in done) == [False, True, True, True]
    assert {tuple(each["done"]) for each in done} == {tuple(each["kind"] for each in actions)}
    assert await visitor.texts("agent") == ["非常抱歉，我是小云，马上处理。"]
    detail = await ok(supervisor.get(path_of(visitor)))
    assert (detail["state"], detail["tags"], detail["priority"]) == ("closed", ["加急"], "P2")
    for table in ("ticket", "wrap_up", "follow_up"):
        assert await rig.scalar(f"SELECT count(*) FROM {table}") == 1
    assert "宏" not in str(await visitor.read()), "the customer is not told of macros"


async def test_a_macro_that_cannot_do_one_thing_does_nothing(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor = await taken_by(rig, agent)
    await ok(supervisor.put(path_of(visitor, "/labels"), json={"priority": "P1"}))
    hole = await macro(supervisor, SORRY, {"kind": "reply", "text": "单号 {{order.number}}"})
    lowering = await macro(supervisor, SORRY, {"kind": "priority", "priority": "P3"})
    before, stored = await visitor.texts(), await rig.scalar("SELECT count(*) FROM message")
    details = await refused(run(agent, visitor, hole), 409, "values_missing")
    assert details == {"missing": ["order.number"]}
    await refused(run(agent, visitor, lowering), 403, "priority_protected")
    assert await visitor.texts() == before
    assert await rig.scalar("SELECT count(*) FROM message") == stored
    queued = await waiting_visitor(rig)
    await refused(run(agent, queued, await macro(supervisor, SORRY)), 409, "not_owner")
    await refused(run(agent, visitor, str(uuid4())), 404, "not_found")


async def test_a_macro_that_answers_is_held_back_when_somebody_else_has_spoken(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor = await waiting_visitor(rig, "你好")
    await ok(agent.post(path_of(visitor, "/take")))
    said = (await visitor.read())["next"]
    twice = await macro(supervisor, {"kind": "tag", "tags": ["加急"]}, SORRY, SORRY)
    stored = await rig.scalar("SELECT count(*) FROM message")
    details = await refused(run(agent, visitor, twice, after_seq=1), 409, "crossed")
    assert details == {"newer": [2], "customer": []}
    assert await rig.scalar("SELECT count(*) FROM message") == stored
    assert (await ok(agent.get(path_of(visitor))))["tags"] == []
    silent = await macro(supervisor, {"kind": "tag", "tags": ["回访"]})
    await ok(run(agent, visitor, silent, client_id="silent", after_seq=1))
    await ok(run(agent, visitor, twice, client_id="seen", after_seq=said))
    await ok(run(agent, visitor, twice, after_seq=1, force=True))
    assert len(await visitor.texts("agent")) == 4


@pytest.mark.parametrize(
    "actions",
    [
        [],
        [{"kind": "dance"}],
        [{"kind": "reply", "text": ""}],
        [{"kind": "tag", "tags": []}],
        [{"kind": "close", "result": "resolved"}, SORRY],
        [{"kind": "transfer", "skill": "refund"}, {"kind": "close", "result": "resolved"}],
        [{"kind": "transfer"}],
        [{"kind": "transfer", "skill": "refund", "agent_id": str(uuid4())}],
        [{"kind": "priority", "priority": "P1"}] * 2,
        [SORRY] * 11,
    ],
)
async def test_a_macro_that_cannot_be_done_is_not_saved(
    rig: Rig, actions: list[dict[str, Any]]
) -> None:
    supervisor = await rig.staff("supervisor")
    before = await ok(supervisor.get(MACROS))
    asked = supervisor.post(MACROS, json={"name": "宏", "actions": actions})
    await refused(asked, 422, "validation_failed")
    assert await ok(supervisor.get(MACROS)) == before


async def test_a_macro_passes_a_conversation_on(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor = await taken_by(rig, agent)
    passing = {"kind": "transfer", "skill": "refund", "note": "请退款组接着处理"}
    macro_id = await macro(supervisor, SORRY, passing)
    await ok(run(agent, visitor, macro_id))
    detail = await ok(agent.get(path_of(visitor)))
    assert (detail["state"], detail["wanted"]["skill"]["key"]) == ("queued", "refund")
    hop = (await rig.rows("SELECT * FROM handoff ORDER BY hop"))[-1]
    assert (hop.to_owner, hop.note) == ("queue", "请退款组接着处理")
    assert (await visitor.read())["messages"][-1]["author"] == "system", "never silently"
    assert (await ok(run(agent, visitor, macro_id)))["repeated"] is True


async def test_macros_are_changed_by_who_has_read_them(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    macro_id = await macro(supervisor, SORRY)
    body = {"name": "安抚", "actions": [SORRY], "version": 1, "active": False}
    path = f"{MACROS}/{macro_id}"
    await refused(agent.put(path, json=body), 403, "forbidden")
    assert (await ok(supervisor.put(path, json=body)))["version"] == 2
    await refused(supervisor.put(path, json=body), 409, "conflict")
    shown = await ok(agent.get(MACROS, params={"inactive": True}))
    assert macro_id not in {each["id"] for each in shown["items"]}
    shown = await ok(supervisor.get(MACROS, params={"inactive": True}))
    assert macro_id in {each["id"] for each in shown["items"]}
    unknown = {"kind": "transfer", "agent_id": str(uuid4())}
    asked = supervisor.post(MACROS, json={"name": "转", "actions": [unknown]})
    await refused(asked, 422, "unknown_staff")
    known = {"kind": "transfer", "agent_id": await id_of(rig, "agent")}
    await macro(supervisor, known)
    await ok(supervisor.delete(path), 204)
    await refused(supervisor.delete(path), 404, "not_found")


async def test_everybody_keeps_filters_of_their_own(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    body = {"place": "inbox", "name": "急件", "filter": {"view": "queue", "priority": "P1"}}
    made = await ok(agent.post(VIEWS, json=body), 201)
    await refused(agent.post(VIEWS, json=body), 409, "name_taken")
    await ok(agent.post(VIEWS, json=body | {"place": "tickets"}), 201)
    await ok(supervisor.post(VIEWS, json=body), 201)
    (listed,) = (await ok(agent.get(VIEWS, params={"place": "inbox"})))["items"]
    assert listed == made
    assert made["filter"] == body["filter"], "what was not given is not there"
    await refused(supervisor.delete(f"{VIEWS}/{made['id']}"), 404, "not_found")
    await ok(agent.delete(f"{VIEWS}/{made['id']}"), 204)
    unknown = body | {"filter": {"owner": "x"}}
    await refused(agent.post(VIEWS, json=unknown), 422, "validation_failed")
