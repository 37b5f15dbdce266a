"""Passing conversations on: every hop is recorded, told and never silent."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from api.handoffs.routing import route
from tests.support.audit import recorded
from tests.support.desk_work import id_of, ok, path_of, refused, reply, taken_by, waiting_visitor
from tests.support.rig import Rig, Visitor
from tests.support.routing import at_work, change, detail


async def hops(rig: Rig) -> list[tuple[str, str, str, str | None]]:
    rows = await rig.rows("SELECT from_owner, to_owner, reason, note FROM handoff ORDER BY hop")
    return [tuple(row) for row in rows]


async def test_a_transfer_to_a_person_reaches_them_with_the_note(rig: Rig) -> None:
    agent, giver = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    other, taker = await at_work(rig, "小雪")
    body = {"agent_id": str(taker), "note": "已核对运单，等仓库回电"}
    await ok(agent.post(path_of(visitor, "/transfer"), json=body))
    shown = await detail(other, visitor)
    assert (shown["state"], shown["owner"]["id"]) == ("active", str(taker))
    assert shown["responsible"]["id"] == str(giver), "the first agent stays answerable"
    assert (await hops(rig))[-2:] == [
        (f"agent:{giver}", "queue", "transfer", body["note"]),
        ("queue", f"agent:{taker}", "routed", None),
    ]
    told = (await visitor.texts("system"))[-2:]
    assert told[0].startswith("正在为您转接给客服小雪")
    assert told[1].startswith("客服小雪已为您接通")
    packet = await rig.scalar("SELECT packet FROM handoff ORDER BY hop DESC LIMIT 1")
    assert packet["responsible"]["display_name"] == "小雨"
    passed_on = packet["hops"][-1]
    assert (passed_on["source"], passed_on["target"]) == ("小雨", "人工队列")
    assert "小雨备注：已核对运单，等仓库回电" in packet["summary"]
    wish = packet["summary"].splitlines()[-1]
    assert wish.endswith("客户要求人工"), "not how the desk passed them on"
    assert (await reply(agent, visitor, "我还在")).status_code == 409


async def test_a_transfer_to_a_business_line_goes_to_who_knows_it(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    _, expert = await at_work(rig, "行家")
    await at_work(rig, "新手")
    await change(
        rig,
        "INSERT INTO staff_skill (staff_id, category, level) VALUES (%s, 'invoice', 5)",
        expert,
    )
    await ok(agent.post(path_of(visitor, "/transfer"), json={"skill": "invoice", "note": ""}))
    assert (await detail(agent, visitor))["owner"]["id"] == str(expert)
    assert "发票" in (await visitor.texts("system"))[-2]


async def test_a_transfer_nobody_else_could_have_waits_and_comes_back_only_later(rig: Rig) -> None:
    agent, sender = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    await ok(agent.post(path_of(visitor, "/transfer"), json={"skill": "invoice"}))
    await route(rig.database)
    shown = await detail(agent, visitor)
    assert (shown["state"], shown["wanted"]["skill"]["key"]) == ("queued", "invoice")
    await change(rig, "UPDATE conversation SET queued_at = queued_at - interval '20 minutes'")
    await route(rig.database)
    assert (await detail(agent, visitor))["owner"]["id"] == str(sender)


async def test_a_transfer_waits_for_the_person_it_is_meant_for(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    other, taker = await at_work(rig, "小雪", capacity=1)
    busy_with = await rig.visitor()
    await ok(other.post(path_of(busy_with, "/take")))
    await ok(agent.post(path_of(visitor, "/transfer"), json={"agent_id": str(taker)}))
    shown = await detail(other, visitor)
    assert (shown["state"], shown["wanted"]["agent"]["display_name"]) == ("queued", "小雪")
    await ok(other.post(path_of(busy_with, "/close"), json={"result": "resolved"}))
    assert (await detail(other, visitor))["owner"]["id"] == str(taker)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "validation_failed"),
        ({"agent_id": str(uuid4()), "skill": "refund"}, 422, "validation_failed"),
        ({"skill": "astrology"}, 422, "validation_failed"),
        ({"agent_id": str(uuid4())}, 422, "unknown_staff"),
        ({"skill": "refund", "note": "长" * 1001}, 422, "validation_failed"),
    ],
)
async def test_a_transfer_to_nowhere_changes_nothing(
    rig: Rig, body: dict[str, Any], status: int, code: str
) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    before = await visitor.texts()
    answer = await agent.post(path_of(visitor, "/transfer"), json=body)
    assert answer.json()["error"]["code"] == code
    assert answer.status_code in (status, 404, 409)
    assert (await detail(agent, visitor))["state"] == "active"
    assert await visitor.texts() == before


async def test_who_is_not_there_cannot_be_given_anything(rig: Rig) -> None:
    agent, me = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    away = {"agent_id": await id_of(rig, "agent")}
    await refused(agent.post(path_of(visitor, "/transfer"), json=away), 409, "agent_away")
    own = await agent.post(path_of(visitor, "/transfer"), json={"agent_id": str(me)})
    assert own.status_code >= 400


async def test_of_two_who_pass_it_on_at_once_one_does(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    answers = await asyncio.gather(
        *(
            agent.post(path_of(visitor, "/transfer"), json={"skill": skill})
            for skill in ("refund", "order", "invoice")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert [hop[2] for hop in await hops(rig)].count("transfer") == 1


async def test_a_supervisor_passes_on_what_waits(rig: Rig) -> None:
    visitor = await waiting_visitor(rig)
    supervisor = await rig.staff("supervisor")
    await ok(supervisor.post(path_of(visitor, "/transfer"), json={"skill": "refund"}))
    assert (await detail(supervisor, visitor))["wanted"]["skill"]["key"] == "refund"
    assert (await hops(rig))[-1][:3] == ("queue", "queue", "transfer")
    other = await rig.staff()
    await refused(
        other.post(path_of(visitor, "/transfer"), json={"skill": "order"}), 409, "not_owner"
    )


async def test_what_is_declined_goes_to_somebody_else_and_keeps_its_place(rig: Rig) -> None:
    agent, first = await at_work(rig, "小雨")
    visitor = await waiting_visitor(rig)
    queued_at = await rig.scalar("SELECT queued_at FROM conversation")
    _, second = await at_work(rig, "小雪")
    await ok(agent.post(path_of(visitor, "/decline")))
    shown = await detail(agent, visitor)
    assert shown["owner"]["id"] == str(second) != str(first)
    assert await rig.scalar("SELECT queued_at FROM conversation") == queued_at
    assert any(text.startswith("客服小雨暂时无法接待") for text in await visitor.texts("system"))


async def test_who_is_alone_has_answered_or_took_it_cannot_decline(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor = await waiting_visitor(rig)
    await refused(agent.post(path_of(visitor, "/decline")), 409, "nobody_else")
    await at_work(rig, "小雪", presence="online", capacity=1)
    await reply(agent, visitor, "您好")
    await refused(agent.post(path_of(visitor, "/decline")), 409, "decline_too_late")
    taken = await rig.visitor()
    await taken.say("你好")
    await ok(agent.post(path_of(taken, "/take")))
    await refused(agent.post(path_of(taken, "/decline")), 409, "decline_too_late")


async def test_a_supervisor_assigns_and_the_customer_hears_of_one_owner(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    _, other = await at_work(rig, "小雪")
    supervisor = await rig.staff("supervisor")
    body = {"agent_id": str(other)}
    shown = await ok(supervisor.post(path_of(visitor, "/assign"), json=body))
    assert shown["owner"]["id"] == str(other)
    assert (await visitor.texts("system"))[-1].startswith("接下来由客服小雪为您服务")
    assert await rig.scalar("SELECT count(*) FROM audit_record WHERE action = 'assign'") == 1
    await refused(agent.post(path_of(visitor, "/assign"), json=body), 403, "forbidden")
    await refused(supervisor.post(path_of(visitor, "/assign"), json=body), 409, "already_taken")


async def test_only_a_supervisor_changes_who_is_responsible(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    _, other = await at_work(rig, "小雪")
    body = {"agent_id": str(other)}
    await refused(agent.post(path_of(visitor, "/responsible"), json=body), 403, "forbidden")
    supervisor = await rig.staff("supervisor")
    shown = await ok(supervisor.post(path_of(visitor, "/responsible"), json=body))
    assert shown["responsible"]["id"] == str(other)
    assert shown["owner"]["display_name"] == "小雨"
    changed = "SELECT count(*) FROM audit_record WHERE action = 'responsible_changed'"
    assert await rig.scalar(changed) == 1


async def test_a_whisper_is_for_the_agent_alone(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    supervisor = await rig.staff("supervisor")
    before = await visitor.texts()
    body = {"text": "先道歉再给方案", "client_id": "w1"}
    message = await ok(supervisor.post(path_of(visitor, "/whisper"), json=body), 201)
    assert message["private"] is True
    assert await visitor.texts() == before
    told = (await ok(agent.get("/api/v1/notifications")))["items"]
    assert told[0]["kind"] == "whisper"
    await refused(agent.post(path_of(visitor, "/whisper"), json=body), 403, "forbidden")


async def test_a_return_to_the_bot_keeps_what_the_customer_has_told(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor: Visitor = await taken_by(rig, agent)
    await change(rig, """UPDATE conversation SET slots = '{"order_number": "YS1"}'""")
    await ok(agent.post(path_of(visitor, "/return-to-bot"), json={"note": "查到了"}))
    assert await rig.scalar("SELECT slots FROM conversation") == {"order_number": "YS1"}
    assert (await rig.rows("SELECT first_response_due_at FROM conversation"))[0][0] is None


async def test_a_p1_that_goes_back_to_the_bot_is_audited(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor: Visitor = await taken_by(rig, agent)
    await change(rig, "UPDATE conversation SET priority = 'P1'")
    await ok(agent.post(path_of(visitor, "/return-to-bot"), json={"note": "误报"}))
    (line,) = await recorded(rig, "priority_changed")
    assert (line.subject_id, line.data["before"], line.data["reason"]) == (
        str(visitor.conversation_id),
        "P1",
        "误报",
    )


async def test_who_has_declined_is_not_given_it_again_before_it_was_answered(rig: Rig) -> None:
    first, first_id = await at_work(rig, "小雨")
    visitor = await waiting_visitor(rig)
    second, second_id = await at_work(rig, "小雪")
    await ok(first.post(path_of(visitor, "/decline")))
    assert (await detail(first, visitor))["owner"]["id"] == str(second_id)
    await refused(second.post(path_of(visitor, "/decline")), 409, "nobody_else")
    third, third_id = await at_work(rig, "小雷")
    await ok(second.post(path_of(visitor, "/decline")))
    assert (await detail(first, visitor))["owner"]["id"] == str(third_id)
    left_out = await rig.scalar("SELECT passed_over FROM conversation")
    assert set(left_out) == {str(first_id), str(second_id)}
    await reply(third, visitor, "您好，我来处理")
    assert await rig.scalar("SELECT passed_over FROM conversation") == []


async def test_a_word_to_the_agent_that_is_sent_again_is_said_once(rig: Rig) -> None:
    agent, agent_id = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    supervisor = await rig.staff("supervisor")
    body = {"text": "可以补偿运费", "client_id": "whisper-1"}
    said = [await ok(supervisor.post(path_of(visitor, "/whisper"), json=body), 201) for _ in "12"]
    assert said[0]["id"] == said[1]["id"]
    told = "SELECT count(*) FROM notification WHERE kind = 'whisper' AND staff_id = :id"
    assert await rig.scalar(told, id=agent_id) == 1
    await ok(agent.post(path_of(visitor, "/return-to-bot"), json={}))
    again = await ok(supervisor.post(path_of(visitor, "/whisper"), json=body), 201)
    assert again["id"] == said[0]["id"], "nobody has it any more, and it was said"
