"""The clocks of a conversation, from the hand-off to its end."""

from __future__ import annotations

from datetime import timedelta

import httpx

from api.deadlines import chats
from api.ids import new_id, now
from tests.support.desk_work import ok
from tests.support.labelling import LabelledByText, labels_of
from tests.support.rig import Rig, Visitor
from tests.support.routing import at_work
from tests.support.timing import MINUTE, MONDAY, SECOND, alerts, clock, queued, sweep

FIRST, NEXT = "chat_first_response", "next_response"


async def waiting(rig: Rig) -> Visitor:
    """A customer in the queue."""
    visitor = await rig.visitor()
    await visitor.say("转人工")
    await rig.run_turns()
    return visitor


async def taken(rig: Rig) -> tuple[Visitor, httpx.AsyncClient]:
    """A customer whom an agent has taken and answered."""
    visitor, agent = await waiting(rig), await rig.staff()
    path = f"/api/v1/conversations/{visitor.conversation_id}"
    assert (await agent.post(f"{path}/take")).status_code == 200
    await reply(agent, visitor, "您好")
    return visitor, agent


async def reply(agent: httpx.AsyncClient, visitor: Visitor, text: str) -> None:
    path = f"/api/v1/conversations/{visitor.conversation_id}/messages"
    answer = await agent.post(path, json={"text": text, "client_id": new_id().hex})
    assert answer.status_code == 201, answer.text


async def test_a_hand_off_starts_the_clock_that_the_first_answer_meets(rig: Rig) -> None:
    visitor, _ = await taken(rig)
    row = await clock(rig, FIRST)
    assert row.subject_id == visitor.conversation_id
    assert row.due_at is None
    assert row.met_at is not None
    assert row.target_minutes == 10
    assert await rig.scalar("SELECT count(*) FROM deadline") == 1


async def test_the_conversation_repeats_when_it_is_due(rig: Rig) -> None:
    await waiting(rig)
    row = await clock(rig, FIRST)
    (copied,) = await rig.rows("SELECT first_response_due_at, queued_at FROM conversation")
    assert copied.first_response_due_at == row.due_at == copied.queued_at + 10 * MINUTE


async def test_who_steps_in_without_the_queue_owes_the_first_answer(rig: Rig) -> None:
    visitor, agent = await rig.visitor(), await rig.staff()
    await visitor.say("在吗")
    path = f"/api/v1/conversations/{visitor.conversation_id}"
    assert (await agent.post(f"{path}/take")).status_code == 200
    row = await clock(rig, FIRST)
    assert await rig.scalar("SELECT first_response_due_at FROM conversation") == row.due_at
    await reply(agent, visitor, "在的")
    assert (await clock(rig, FIRST)).met_at is not None


async def test_who_is_given_another_turn_of_the_bots_owes_a_first_answer_again(rig: Rig) -> None:
    visitor, agent = await taken(rig)
    path = f"/api/v1/conversations/{visitor.conversation_id}"
    assert (await agent.post(f"{path}/return-to-bot", json={})).status_code == 200
    before = (await clock(rig, FIRST)).id
    assert (await agent.post(f"{path}/take")).status_code == 200
    assert (await clock(rig, FIRST)).id != before


async def test_who_comes_back_without_an_answer_still_waits_for_the_first(rig: Rig) -> None:
    (agent, _), visitor = await at_work(rig, "小雨"), await waiting(rig)
    path = f"/api/v1/conversations/{visitor.conversation_id}"
    await ok(agent.post(f"{path}/take"))
    assert (await agent.post(f"{path}/wrap-up")).status_code == 200
    before = (await clock(rig, FIRST)).id
    await visitor.say("还没说完")
    row = await clock(rig, FIRST)
    assert row.id != before
    assert row.cancelled_at is None


async def test_a_message_that_the_end_overtook_waits_for_the_next_answer(rig: Rig) -> None:
    (agent, _), visitor = await at_work(rig, "小雨"), await waiting(rig)
    await reply(agent, visitor, "您好")
    await visitor.say("还没说完")
    path = f"/api/v1/conversations/{visitor.conversation_id}"
    await ok(agent.post(f"{path}/wrap-up"))
    assert (await clock(rig, NEXT)).cancelled_at is not None
    await rig.run_turns()
    assert (await ok(agent.get(path)))["state"] == "active"
    assert (await clock(rig, NEXT)).cancelled_at is None


async def test_messages_of_the_customer_wait_for_one_next_answer(rig: Rig) -> None:
    visitor, agent = await taken(rig)
    await visitor.say("还有一个问题")
    first = await clock(rig, NEXT)
    await visitor.say("在吗")
    again = await clock(rig, NEXT)
    assert (again.id, again.started_at) == (first.id, first.started_at)
    await reply(agent, visitor, "在的")
    assert (await clock(rig, NEXT)).met_at is not None
    await visitor.say("好的")
    assert (await clock(rig, NEXT)).id != first.id


async def test_before_the_first_answer_there_is_no_next_one(rig: Rig) -> None:
    visitor = await waiting(rig)
    await visitor.say("在吗")
    assert await rig.rows("SELECT kind FROM deadline") == [(FIRST,)]


async def test_an_urgent_message_brings_the_answer_forward(rig: Rig) -> None:
    visitor = await waiting(rig)
    before = (await clock(rig, FIRST)).due_at
    assert before is not None
    await visitor.say("插座冒烟了")
    danger = labels_of(category="quality", impact=4, urgency=4)
    await rig.run_turns(labeller=LabelledByText({"插座冒烟了": danger}))
    row = await clock(rig, FIRST)
    assert row.priority == "P1"
    assert row.due_at is not None
    assert row.due_at < before
    assert await rig.scalar("SELECT first_response_due_at FROM conversation") == row.due_at


async def test_the_end_of_a_conversation_calls_its_clocks_off(rig: Rig) -> None:
    visitor, agent = await taken(rig)
    await visitor.say("谢谢")
    path = f"/api/v1/conversations/{visitor.conversation_id}/wrap-up"
    assert (await agent.post(path)).status_code == 200
    row = await clock(rig, NEXT)
    assert row.cancelled_at is not None
    await sweep(rig, now() + timedelta(days=30))
    assert await alerts(rig) == []


async def test_a_clock_that_was_left_running_is_called_off_when_the_bot_has_it(rig: Rig) -> None:
    await waiting(rig)
    due = (await clock(rig, FIRST)).due_at
    assert due is not None
    await rig.rows("UPDATE conversation SET state = 'bot' RETURNING 1")
    await sweep(rig, due + SECOND)
    row = await clock(rig, FIRST)
    assert row.cancelled_at is not None
    assert row.breached_at is None
    assert await alerts(rig) == []


async def test_who_was_answered_once_and_is_passed_on_waits_for_the_next_answer(rig: Rig) -> None:
    chat = await queued(rig, "P2", MONDAY, first_response_at=MONDAY + MINUTE)
    async with rig.database.transaction() as tx:
        await chats.waits(tx, chat, MONDAY + 5 * MINUTE)
    row = await clock(rig, NEXT)
    assert row.due_at == MONDAY + 35 * MINUTE
    assert chat.first_response_due_at is None


async def test_waiting_twice_keeps_the_first_clock_at_the_present_priority(rig: Rig) -> None:
    chat = await queued(rig, "P3", MONDAY)
    async with rig.database.transaction() as tx:
        await chats.waits(tx, chat)
        chat.priority = "P2"
        await chats.waits(tx, chat)
    row = await clock(rig, FIRST)
    assert (row.started_at, row.priority, row.target_minutes) == (MONDAY, "P2", 2)
    assert await rig.scalar("SELECT count(*) FROM deadline") == 1
