"""A ticket of a conversation has what the customer told: order number and contact."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.support.desk_work import ok, path_of, refused, taken_by
from tests.support.rig import Rig, Visitor
from tests.support.routing import change

ORDER, PHONE = "202611180012345", "13800138000"
SHOWN = {"order_number": ORDER, "contact_masked": "138****8000"}


async def made(http: httpx.AsyncClient, visitor: Visitor, **given: Any) -> dict[str, Any]:
    ticket = await ok(http.post(path_of(visitor, "/to-ticket"), json=given), 201)
    return {key: ticket[key] for key in SHOWN}


async def draft(http: httpx.AsyncClient, visitor: Visitor) -> dict[str, Any]:
    return await ok(http.get(path_of(visitor, "/ticket-draft")))


async def test_what_the_customer_wrote_is_in_the_dialog_and_in_the_ticket(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    nothing = dict.fromkeys(SHOWN)
    assert await draft(agent, visitor) == nothing
    assert await made(agent, visitor) == nothing
    await visitor.say(f"订单 {ORDER}，打我电话 {PHONE}")
    assert await draft(agent, visitor) == SHOWN
    assert await made(agent, visitor) == SHOWN
    body = {"conversation_id": str(visitor.conversation_id), "kind": "request", "description": "催"}
    filed = await ok(agent.post("/api/v1/tickets", json=body), 201)
    assert {key: filed[key] for key in SHOWN} == SHOWN
    whole = await ok(
        agent.post(f"/api/v1/tickets/{filed['number']}/reveal", json={"reason": "联系客户"})
    )
    assert whole["contact"] == PHONE


async def test_what_the_agent_writes_counts_and_so_does_nothing(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    await visitor.say(f"订单 {ORDER}，打我电话 {PHONE}")
    other = {"order_number": "YS2", "contact": "0571-8888 0000"}
    assert await made(agent, visitor, **other) == {"order_number": "YS2", "contact_masked": "0****"}
    assert await made(agent, visitor, order_number=None, contact=None) == dict.fromkeys(SHOWN)
    as_shown = {"order_number": ORDER, "contact": SHOWN["contact_masked"]}
    assert await made(agent, visitor, **as_shown) == SHOWN


async def test_what_the_bot_was_told_counts_and_what_is_proved_comes_last(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    detail = await ok(agent.get(path_of(visitor)))
    customer = f"/api/v1/customers/{detail['customer']['id']}"
    await ok(agent.patch(customer, json={"version": 1, "phone": "13900139000"}))
    assert (await draft(agent, visitor))["contact_masked"] is None, "nobody has proved it"
    await change(rig, "UPDATE customer SET verified_at = now()")
    assert (await draft(agent, visitor))["contact_masked"] == "139****9000"
    slots = json.dumps({"order_number": ORDER, "contact": PHONE})
    await change(rig, "UPDATE conversation SET slots = %s", slots)
    assert await draft(agent, visitor) == SHOWN


async def test_who_leaves_word_need_not_repeat_the_order(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say(f"订单 {ORDER} 没到，我的电话 {PHONE}")
    await visitor.say("转人工")
    await rig.run_turns()
    leave = "/api/v1/visitor/leave-word"
    await refused(visitor.http.post(leave, json={"contact": "明天找我"}), 422, "contact_unreadable")
    await ok(visitor.http.post(leave, json={"text": "请尽快"}))
    (row,) = await rig.rows("SELECT order_number, contact FROM ticket")
    assert tuple(row) == (ORDER, PHONE)


@pytest.mark.parametrize("contact", ["王女士", "1380013800"])
async def test_a_contact_nobody_can_be_reached_by_is_refused(rig: Rig, contact: str) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    path = path_of(visitor, "/to-ticket")
    answer = await agent.post(path, json={"contact": contact})
    assert answer.status_code == 422
    assert "带区号的座机号" in answer.json()["error"]["message"]
    body = {"customer": {"display_name": "周"}, "kind": "request", "description": "催"}
    filing = agent.post("/api/v1/tickets", json=body | {"contact": contact})
    await refused(filing, 422, "contact_unreadable")
    ticket = await ok(agent.post("/api/v1/tickets", json=body | {"contact": PHONE}), 201)
    changed = {"version": ticket["version"], "contact": contact}
    changing = agent.patch(f"/api/v1/tickets/{ticket['number']}", json=changed)
    await refused(changing, 422, "contact_unreadable")
