"""The gateway of the desk's own processes: who may use it, tickets, models, counts."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.exc import DBAPIError

from tests.support.labelling import LabelledByText, labels_of
from tests.support.rig import Rig, Visitor
from tests.support.timing import never_closed


@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer wrong", "Basic eDp5"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "knowledge/lookup"),
        ("POST", "tickets"),
        ("POST", "handoffs"),
        ("GET", "models/production"),
        ("POST", "turns/summary"),
    ],
)
async def test_the_gateway_is_closed_without_the_service_token(
    rig: Rig, method: str, path: str, token: str | None
) -> None:
    http = await rig.client(headers={} if token is None else {"Authorization": token})
    answer = await http.request(
        method, f"/internal/v1/{path}", json={} if method == "POST" else None
    )
    assert answer.status_code == 401
    assert "error" in answer.json()


async def test_neither_visitors_nor_admins_may_use_the_gateway(rig: Rig) -> None:
    visitor, admin = await rig.visitor(), await rig.staff("admin")
    for http in (visitor.http, admin):
        answer = await http.post("/internal/v1/knowledge/lookup", json={"keys": []})
        assert answer.status_code == 401


async def ticket(
    gateway: httpx.AsyncClient, visitor: Visitor, message: object, **changes: Any
) -> httpx.Response:
    body = {
        "conversation_id": str(visitor.conversation_id),
        "message_id": str(message),
        "kind": "request",
        "description": "冰箱不制冷",
        "order_number": "YS20260302",
        "contact": "13812345678",
        **changes,
    }
    return await gateway.post("/internal/v1/tickets", json=body)


async def test_the_same_conversation_message_and_kind_give_the_same_ticket(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    sent = await visitor.say("冰箱不制冷")
    first = (await ticket(gateway, visitor, sent["id"])).json()
    again = (await ticket(gateway, visitor, sent["id"], description="又一遍")).json()
    other = (await ticket(gateway, visitor, sent["id"], kind="complaint")).json()
    assert (first["created"], again["created"], other["created"]) == (True, False, True)
    assert first["number"] == again["number"] != other["number"]
    assert first.keys() == {
        *("number", "priority", "first_response_minutes", "first_response_due_at", "created"),
    }


async def test_twenty_requests_at_once_open_one_ticket(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    sent = await visitor.say("冰箱不制冷")
    answers = await asyncio.gather(*(ticket(gateway, visitor, sent["id"]) for _ in range(20)))
    assert {answer.json()["number"] for answer in answers} == {answers[0].json()["number"]}
    assert await rig.scalar("SELECT count(*) FROM ticket") == 1


async def test_a_ticket_has_the_labels_and_deadlines_of_its_conversation(rig: Rig) -> None:
    await never_closed(rig)
    visitor, gateway = await rig.visitor("赵"), await rig.gateway()
    seen = labels_of(category="quality", nature="help", impact=3, urgency=3)
    sent = await visitor.say("冰箱不制冷")
    await rig.run_turns(labeller=LabelledByText({"冰箱不制冷": seen}))
    opened = (await ticket(gateway, visitor, sent["id"], kind="complaint")).json()
    assert (opened["priority"], opened["first_response_minutes"]) == ("P2", 15)
    agent = await rig.staff()
    (item,) = (await agent.get("/api/v1/tickets", params={"state": "open"})).json()["items"]
    detail = (await agent.get(f"/api/v1/tickets/{opened['number']}")).json()
    assert {name: detail[name] for name in item} == item
    assert (item["category"]["key"], item["nature"]["key"]) == ("quality", "complaint")
    assert item["customer"]["display_name"] == "赵"
    (of_conversation,) = (
        await agent.get("/api/v1/tickets", params={"conversation_id": str(visitor.conversation_id)})
    ).json()["items"]
    assert of_conversation == item
    customer = (await agent.get(f"/api/v1/customers/{item['customer']['id']}")).json()
    assert [each["number"] for each in customer["tickets"]] == [opened["number"]]
    assert (await agent.get("/api/v1/tickets", params={"state": "closed"})).json()["items"] == []


async def test_an_unknown_ticket_or_customer_is_not_found(rig: Rig) -> None:
    agent = await rig.staff()
    assert (await agent.get("/api/v1/tickets/T20260101-00001")).status_code == 404
    assert (await agent.get(f"/api/v1/customers/{uuid4()}")).status_code == 404


async def test_without_a_release_there_is_no_model_to_load(rig: Rig) -> None:
    gateway = await rig.gateway()
    assert (await gateway.get("/internal/v1/models/production")).status_code == 204


async def test_rasa_gets_the_live_model_once(rig: Rig) -> None:
    gateway = await rig.gateway()
    number = await rig.scalar(
        """INSERT INTO release (state, data_hash, model_hash, evaluation, created_at)
           VALUES ('live', 'd', 'm1', '{}', now()) RETURNING number"""
    )
    missing = await gateway.get("/internal/v1/models/production")
    assert missing.status_code == 404, "the release's file is not there"
    folder = rig.desk.settings.releases / str(number)
    folder.mkdir(parents=True)
    (folder / "model.tar.gz").write_bytes(b"model")
    answer = await gateway.get("/internal/v1/models/production")
    assert (answer.status_code, answer.content) == (200, b"model")
    assert answer.headers["filename"] == f"release-{number}.tar.gz"
    same = await gateway.get(
        "/internal/v1/models/production", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (same.status_code, same.content) == (304, b"")


async def test_only_one_release_can_be_live(rig: Rig) -> None:
    insert = """INSERT INTO release (state, data_hash, model_hash, evaluation, created_at)
                VALUES ('live', 'd', 'm', '{}', now()) RETURNING number"""
    await rig.scalar(insert)
    with pytest.raises(DBAPIError, match="uq_release_live"):
        await rig.scalar(insert)


async def test_the_summary_counts_outcomes_unfinished_and_doubled_answers(rig: Rig) -> None:
    visitor, other, gateway = await rig.visitor(), await rig.visitor(), await rig.gateway()
    for text in ("你好", "转人工", "在吗"):
        await visitor.say(text)
        await rig.run_turns(labeller=LabelledByText())
    await visitor.say("还没处理")
    await other.say("别人的")
    body = {"conversation_ids": [str(visitor.conversation_id)]}
    summary = (await gateway.post("/internal/v1/turns/summary", json=body)).json()
    assert summary == {
        "turns": 4,
        "outcomes": {"small_talk": 1, "handoff": 1, "queued": 1},
        "categories": {"logistics": 3},
        "priorities": {"P3": 3},
        "lost": 1,
        "answered_twice": 0,
        "apologies": 0,
        "mixed": 0,
        "releases": {"7": 1},
    }
