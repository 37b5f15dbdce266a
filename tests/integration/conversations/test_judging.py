"""The policy raises the priority of what the classifier saw (norms §1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.ids import now
from tests.support.desk_work import ok, path_of
from tests.support.labelling import LabelledByText, SwitchedBot, labels_of
from tests.support.rig import Rig, Visitor

BAD, AGAIN, OTHER = "你们必须给个说法", "还是没人管，我要投诉", "发票也开错了，我要投诉"
KNOWN = LabelledByText(
    {
        BAD: labels_of(nature="complaint"),
        AGAIN: labels_of(nature="complaint"),
        OTHER: labels_of(nature="complaint", category="invoice"),
    }
)


async def judged(rig: Rig, visitor: Visitor, *texts: str) -> Any:
    """The newest labels after the customer has said all of `texts`."""
    for text in texts:
        await visitor.say(text)
        await rig.run_turns(labeller=KNOWN)
    rows = await rig.rows(
        "SELECT priority, labels -> 'priority' ->> 'reasons' AS why FROM triage_result"
        " ORDER BY message_id DESC LIMIT 1"
    )
    return rows[0]


async def of_the_conversation(rig: Rig) -> str:
    return str(await rig.scalar("SELECT priority FROM conversation ORDER BY updated_at DESC"))


@pytest.mark.parametrize(("tier", "priority"), [("standard", "P3"), ("vip", "P2")])
async def test_a_complaint_of_a_vip_is_one_higher(rig: Rig, tier: str, priority: str) -> None:
    visitor = await rig.visitor()
    await rig.rows("UPDATE customer SET tier = :tier RETURNING 1", tier=tier)
    assert (await judged(rig, visitor, "你好")).priority == "P3"
    found = await judged(rig, visitor, BAD)
    assert (found.priority, await of_the_conversation(rig)) == (priority, priority)
    assert ("VIP 客户投诉" in found.why) == (tier == "vip")


async def test_the_third_message_without_an_answer_is_one_higher(rig: Rig) -> None:
    visitor = await rig.visitor()
    assert (await judged(rig, visitor, "转人工", "包裹呢")).priority == "P3"
    found = await judged(rig, visitor, "在吗")
    assert (found.priority, await of_the_conversation(rig)) == ("P2", "P2")
    assert "连续三条消息未获回复" in found.why


async def test_what_was_answered_counts_no_more(rig: Rig) -> None:
    visitor = await rig.visitor()
    assert (await judged(rig, visitor, "你好", "包裹呢", "在吗", "喂")).priority == "P3"
    agent = await rig.staff()
    await judged(rig, visitor, "转人工", "在吗")
    await ok(agent.post(path_of(visitor, "/take")))
    body = {"text": "在的", "client_id": "a" * 8}
    await ok(agent.post(path_of(visitor, "/messages"), json=body), 201)
    assert (await judged(rig, visitor, "好的")).priority == "P3"


async def test_while_the_bot_is_away_nobody_answers(rig: Rig) -> None:
    visitor, away = await rig.visitor(), SwitchedBot(available=False)
    for text in ("包裹呢", "在吗", "喂"):
        await visitor.say(text)
        await rig.run_turns(away, KNOWN)
    assert await of_the_conversation(rig) == "P2"


async def test_a_complaint_that_was_made_before_is_one_higher(rig: Rig) -> None:
    visitor, agent = await rig.visitor(), await rig.staff()
    assert (await judged(rig, visitor, BAD, AGAIN)).priority == "P3", "it is the same matter"
    await ok(agent.post(path_of(visitor, "/take")))
    await ok(agent.post(path_of(visitor, "/close"), json={"result": "resolved"}))
    assert (await judged(rig, visitor, OTHER)).priority == "P3", "it is about something else"
    found = await judged(rig, visitor, AGAIN)
    assert found.priority == "P2"
    assert "7 天内重复投诉" in found.why


@pytest.mark.parametrize(("days", "priority"), [(6, "P2"), (8, "P3")])
async def test_a_complaint_on_file_is_repeated_within_a_week(
    rig: Rig, days: int, priority: str
) -> None:
    visitor, supervisor = await rig.visitor(), await rig.staff("supervisor")
    customer = await rig.scalar("SELECT customer_id FROM conversation")
    body = {
        "kind": "request",
        "title": "包裹丢了",
        "description": "包裹丢了没人管",
        "category": "logistics",
        "nature": "complaint",
        "customer_id": str(customer),
    }
    await ok(supervisor.post("/api/v1/tickets", json=body), 201)
    filed = now() - timedelta(days=days)
    await rig.rows("UPDATE ticket SET created_at = :filed RETURNING 1", filed=filed)
    assert (await judged(rig, visitor, BAD)).priority == priority


async def test_a_ticket_that_turns_out_to_be_a_vips_complaint_is_one_higher(rig: Rig) -> None:
    await rig.visitor()
    supervisor = await rig.staff("supervisor")
    await rig.rows("UPDATE customer SET tier = 'vip' RETURNING 1")
    body = {
        "kind": "request",
        "title": "包裹丢了",
        "description": "包裹丢了没人管",
        "category": "logistics",
        "nature": "help",
        "impact": 2,
        "urgency": 2,
        "customer_id": str(await rig.scalar("SELECT id FROM customer")),
    }
    ticket = await ok(supervisor.post("/api/v1/tickets", json=body), 201)
    assert ticket["priority"] == "P3"
    path = f"/api/v1/tickets/{ticket['number']}"
    change = {"version": ticket["version"], "nature": "complaint"}
    ticket = await ok(supervisor.patch(path, json=change))
    assert ticket["priority"] == "P2"
    change = {"version": ticket["version"], "nature": "help"}
    assert (await ok(supervisor.patch(path, json=change)))["priority"] == "P2"
