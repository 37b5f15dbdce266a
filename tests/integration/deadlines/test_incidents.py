"""Incidents: opened by P1, bursts and people; handled step by step; closed with a review."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.deadlines import bursts
from api.ids import new_id, now
from api.models import Conversation, Customer, Message, TriageResult
from tests.support.labelling import LabelledByText, labels_of
from tests.support.rig import Rig
from tests.support.ticketing import Opener, Person
from tests.support.timing import MINUTE, SECOND, alerts, clock, sweep

PATH = "/api/v1/incidents"
STEPS = ("response", "assessment", "plan", "report", "investigation", "written_report")


async def opened(http: httpx.AsyncClient, grade: str = "minor") -> dict[str, Any]:
    answer = await http.post(PATH, json={"title": "支付页面打不开", "grade": grade})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_p1_opens_one_incident_of_its_conversation(rig: Rig, agent: Person) -> None:
    visitor = await rig.visitor("何先生")
    danger = labels_of(category="quality", impact=4, urgency=4)
    labeller = LabelledByText({"插座冒烟了": danger, "又冒烟了": danger})
    for text in ("插座冒烟了", "又冒烟了"):
        await visitor.say(text)
        await rig.run_turns(labeller=labeller)
    (item,) = (await agent.http.get(PATH)).json()["items"]
    assert (item["cause"], item["grade"]["key"]) == ("p1", "major")
    assert item["conversation_id"] == str(visitor.conversation_id)
    assert "何先生" in item["title"]
    (alert,) = await alerts(rig, "grave_incident")
    assert (alert.level, len(alert.told)) == ("management", 2)


async def test_one_that_is_opened_by_hand_leads_to_its_conversation(
    rig: Rig, agent: Person
) -> None:
    visitor = await rig.visitor("何先生")
    body = {"title": "支付页面打不开", "grade": "minor"}
    there = {**body, "conversation_id": str(visitor.conversation_id)}
    made = await agent.http.post(PATH, json=there)
    assert made.json()["conversation_id"] == str(visitor.conversation_id)
    nowhere = await agent.http.post(PATH, json={**body, "conversation_id": str(new_id())})
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "not_found")
    assert len((await agent.http.get(PATH)).json()["items"]) == 1


async def test_a_p1_ticket_opens_one_incident(agent: Person, open_: Opener) -> None:
    ticket = await open_(priority="P1", impact=4, urgency=4)
    (item,) = (await agent.http.get(PATH)).json()["items"]
    assert (item["cause"], item["grade"]["key"]) == ("p1", "major")
    assert "周女士" in item["title"]
    shown = (await agent.http.get(f"{PATH}/{item['number']}")).json()
    assert ticket["number"] in shown["description"]
    raised = await open_(priority="P3", assignee_id=str(agent.id))
    raised = await agent.change(raised, priority="P1")
    await agent.change(raised, tags=["加急"])
    items = (await agent.http.get(PATH)).json()["items"]
    assert len(items) == 2
    assert str(agent.id) in {each["owner"] and each["owner"]["id"] for each in items}


async def test_a_ticket_that_is_solved_is_no_incident(agent: Person, open_: Opener) -> None:
    ticket = await agent.move(await open_(), "resolved")
    await agent.change(ticket, priority="P1")
    assert (await agent.http.get(PATH)).json()["items"] == []


async def test_a_conversation_that_a_person_makes_p1_opens_an_incident_with_its_ticket(
    rig: Rig, agent: Person, supervisor: Person
) -> None:
    visitor = await rig.visitor("何先生")
    await visitor.say("插座有点烫")
    warm = labels_of(category="quality", impact=4, urgency=1)
    await rig.run_turns(labeller=LabelledByText({"插座有点烫": warm}))
    path = f"/api/v1/conversations/{visitor.conversation_id}/labels"
    for priority in ("P1", "P1", "P2", "P1"):
        answer = await supervisor.http.put(path, json={"priority": priority})
        assert answer.status_code == 200, answer.text
    (item,) = (await agent.http.get(PATH)).json()["items"]
    assert (item["conversation_id"], item["grade"]["key"]) == (
        *(str(visitor.conversation_id), "major"),
    )
    body = {
        "conversation_id": str(visitor.conversation_id),
        "kind": "request",
        "description": "插座烫手",
        "priority": "P1",
    }
    await supervisor.do("", body)
    assert len((await agent.http.get(PATH)).json()["items"]) == 1, "its conversation has one"


async def test_money_that_is_stuck_is_no_grave_incident(rig: Rig, agent: Person) -> None:
    visitor = await rig.visitor()
    await visitor.say("两小时内要退款")
    stuck = labels_of(category="refund", impact=3, urgency=4)
    await rig.run_turns(labeller=LabelledByText({"两小时内要退款": stuck}))
    (item,) = (await agent.http.get(PATH)).json()["items"]
    assert item["grade"] == {"key": "minor", "name": "一般"}
    assert [each.level for each in await alerts(rig, "incident")] == ["lead"]


async def test_the_steps_have_their_deadlines_from_detection(rig: Rig, agent: Person) -> None:
    incident = await opened(agent.http)
    detected = datetime.fromisoformat(incident["detected_at"])
    due = [datetime.fromisoformat(step["due_at"]) - detected for step in incident["steps"]]
    hours = [timedelta(minutes=15), *(timedelta(hours=count) for count in (1, 2, 4, 24, 72))]
    assert due[:6] == hours
    row = await clock(rig, "incident_response", UUID(incident["id"]))
    assert row.due_at == detected + 15 * MINUTE
    await sweep(rig, detected + 15 * MINUTE + SECOND)
    shown = (await agent.http.get(f"{PATH}/{incident['number']}")).json()
    assert [step["breached"] for step in shown["steps"]] == [True, *[False] * 6]


async def test_an_incident_is_handled_in_order_and_closed_with_a_review(
    rig: Rig, agent: Person
) -> None:
    incident = await opened(agent.http)
    path = f"{PATH}/{incident['number']}"
    early = await agent.http.post(f"{path}/close", json={"review": "增加监控"})
    assert (early.status_code, early.json()["error"]["details"]) == (409, {"next": "response"})
    wrong = await agent.http.post(f"{path}/steps/plan", json={"result": "方案"})
    assert wrong.json()["error"]["code"] == "step_not_allowed"
    for step in STEPS:
        answer = await agent.http.post(f"{path}/steps/{step}", json={"result": f"{step} 完成"})
        assert answer.status_code == 200, answer.text
    assert answer.json()["next_step"] is None
    by_hand = await agent.http.post(f"{path}/steps/review", json={"result": "复盘"})
    assert by_hand.status_code == 409
    closed = (await agent.http.post(f"{path}/close", json={"review": "增加监控"})).json()
    assert (closed["review"], closed["steps"][-1]["done_by"]["id"]) == ("增加监控", str(agent.id))
    assert closed["closed_at"]
    again = await agent.http.post(f"{path}/close", json={"review": "再来"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_done")
    assert [each.ended_at is None for each in await alerts(rig)] == [False]
    assert (await agent.http.get(PATH)).json()["items"] == []
    everything = await agent.http.get(PATH, params={"open": False})
    assert len(everything.json()["items"]) == 1


async def test_a_false_alarm_needs_no_steps(rig: Rig, agent: Person) -> None:
    incident = await opened(agent.http, "critical")
    path = f"{PATH}/{incident['number']}/close"
    supervisor = await rig.staff("supervisor")
    body = {"review": "客户描述有误", "false_alarm": True}
    assert (await agent.http.post(path, json=body)).status_code == 403
    empty = await supervisor.post(path, json={"review": "  ", "false_alarm": True})
    assert empty.status_code == 422
    closed = await supervisor.post(path, json=body)
    assert closed.json()["closed_at"]
    await sweep(rig, now() + timedelta(days=30))
    assert await alerts(rig, "sla_breach") == []


async def test_a_graver_grade_goes_to_management(rig: Rig, agent: Person) -> None:
    incident = await opened(agent.http)
    path = f"{PATH}/{incident['number']}"
    change = {"grade": "major", "owner_id": str(agent.id)}
    assert (await agent.http.patch(path, json=change)).status_code == 403
    changed = await (await rig.staff("supervisor")).patch(path, json=change)
    assert changed.json()["grade"]["key"] == "major"
    assert changed.json()["owner"]["id"] == str(agent.id)
    kinds = [(each.kind, each.ended_at is None) for each in await alerts(rig)]
    assert kinds == [("incident", False), ("grave_incident", True)]
    nobody = await agent.http.patch(path, json={"owner_id": str(new_id())})
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (422, "unknown_staff")


async def test_a_step_has_an_owner_of_its_own_who_is_told_of_its_deadline(
    rig: Rig, agent: Person
) -> None:
    incident = await opened(agent.http)
    path = f"{PATH}/{incident['number']}"
    other = await rig.colleague("小雨")
    other_id = (await other.get("/api/v1/auth/me")).json()["user"]["id"]
    given = await agent.http.patch(f"{path}/steps/response", json={"owner_id": other_id})
    assert [step["owner"] and step["owner"]["id"] for step in given.json()["steps"]] == [
        *(other_id, *[None] * 6),
    ]
    await agent.http.patch(f"{path}/steps/response", json={"owner_id": other_id})
    await agent.http.patch(f"{path}/steps/plan", json={"owner_id": str(agent.id)})
    (told,) = (await other.get("/api/v1/notifications")).json()["items"]
    assert (told["kind"], told["subject"]["kind"]) == ("step_assigned", "incident")
    assert told["text"] == f"小云请您负责事件 {incident['number']} 的“响应”"
    assert await rig.scalar("SELECT count(*) FROM notification WHERE kind = 'step_assigned'") == 1
    detected = datetime.fromisoformat(incident["detected_at"])
    await sweep(rig, detected + 14 * MINUTE)
    (warned,) = await alerts(rig, "sla_warning")
    assert warned.told == [other_id]
    await agent.http.post(f"{path}/steps/response", json={"result": "已响应"})
    late = await agent.http.patch(f"{path}/steps/response", json={"owner_id": None})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "already_done")
    nobody = await agent.http.patch(f"{path}/steps/plan", json={"owner_id": str(new_id())})
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (422, "unknown_staff")
    assert (await agent.http.patch(f"{path}/steps/plan", json={})).status_code == 422


async def test_who_is_put_in_charge_of_an_incident_is_told(rig: Rig, agent: Person) -> None:
    incident = await opened(agent.http)
    path = f"{PATH}/{incident['number']}"
    other = await rig.colleague("小雨")
    other_id = (await other.get("/api/v1/auth/me")).json()["user"]["id"]
    for _ in range(2):
        given = await agent.http.patch(path, json={"owner_id": other_id})
        assert given.json()["owner"]["id"] == other_id
    (told,) = (await other.get("/api/v1/notifications")).json()["items"]
    assert told["text"] == f"小云请您负责事件 {incident['number']}"


@pytest.mark.parametrize(
    "body", [{}, {"title": " ", "grade": "minor"}, {"title": "x", "grade": "huge"}]
)
async def test_what_is_no_incident_is_refused(agent: Person, body: dict[str, str]) -> None:
    assert (await agent.http.post(PATH, json=body)).status_code == 422
    assert (await agent.http.get(f"{PATH}/I20200101-001")).status_code == 404


def id_at(at: datetime) -> UUID:
    """An id as it is given at that moment."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | new_id().int & (1 << 80) - 1)


async def wrote(rig: Rig, category: str, customers: int, at: datetime, messages: int = 1) -> None:
    """So many customers wrote about `category` at that moment."""
    async with rig.database.transaction() as tx:
        for _ in range(customers):
            customer = Customer(id=new_id(), display_name="访客")
            tx.add(customer)
            await tx.flush()
            chat = Conversation(id=new_id(), customer_id=customer.id, state="bot")
            tx.add(chat)
            await tx.flush()
            for seq in range(1, messages + 1):
                said = Message(
                    id=id_at(at),
                    conversation_id=chat.id,
                    seq=seq,
                    author="customer",
                    text="怎么了",
                    created_at=at,
                )
                tx.add(said)
                await tx.flush()
                tx.add(
                    TriageResult(
                        message_id=said.id,
                        conversation_id=chat.id,
                        release=1,
                        category=category,
                        nature="help",
                        priority="P3",
                        sentiment="neutral",
                        anger=False,
                        labels={},
                    )
                )


async def find(rig: Rig, at: datetime) -> None:
    async with rig.database.transaction() as tx:
        await bursts.find(tx, at)


async def test_many_customers_with_the_same_trouble_are_a_burst(rig: Rig, agent: Person) -> None:
    at = now()
    await wrote(rig, "payment", 10, at)
    await wrote(rig, "order", 2, at, messages=20)
    await find(rig, at)
    await find(rig, at + MINUTE)
    (alert,) = await alerts(rig, "burst")
    assert alert.data["customers"] == "10"
    (item,) = (await agent.http.get(PATH)).json()["items"]
    assert (item["cause"], item["category"]["key"], item["grade"]["key"]) == (
        *("burst", "payment", "serious"),
    )
    await find(rig, at + 16 * MINUTE)
    (alert,) = await alerts(rig, "burst")
    assert alert.ended_at is not None


async def test_what_is_usual_at_this_time_of_day_is_no_burst(rig: Rig) -> None:
    at = now()
    for days in range(1, 8):
        await wrote(rig, "payment", 4, at - timedelta(days=days, minutes=1))
    await wrote(rig, "payment", 11, at)
    await find(rig, at)
    assert await alerts(rig, "burst") == []
    await wrote(rig, "payment", 1, at)
    await find(rig, at)
    assert len(await alerts(rig, "burst")) == 1
