"""Warnings and breaches reach people, one rung after another, until somebody takes them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.deadlines import chats, service
from api.deadlines.alerts import DESK, end_alerts, raise_alert
from api.ids import new_id
from api.models import Alert, Conversation, Notification, Staff, Team
from tests.support.rig import Rig
from tests.support.ticketing import Person
from tests.support.timing import MINUTE, MONDAY, SECOND, alerts, clock, queued, sweep
from triage.policy.escalation import AlertKind

FIRST = "chat_first_response"


async def waiting(rig: Rig, priority: str = "P3", **more: Any) -> Conversation:
    """A chat whose first answer is waited for since Monday morning."""
    chat = await queued(rig, priority, MONDAY, **more)
    async with rig.database.transaction() as tx:
        await chats.waits(tx, chat)
    return chat


async def agent_of(rig: Rig, chat: Conversation, staff_id: UUID) -> None:
    await rig.rows(
        "UPDATE conversation SET state = 'active', owner_id = :who WHERE id = :id RETURNING 1",
        who=staff_id,
        id=chat.id,
    )


async def told(rig: Rig, *kinds: str) -> list[tuple[str, str]]:
    """Who was told what, in the order of time."""
    query = (
        select(Staff.username, Notification.kind)
        .join(Staff, Staff.id == Notification.staff_id)
        .order_by(Notification.id)
    )
    if kinds:
        query = query.where(Notification.kind.in_(kinds))
    async with rig.database.transaction() as tx:
        return [(row.username, row.kind) for row in await tx.execute(query)]


async def test_the_agent_is_warned_before_and_the_lead_told_after(rig: Rig, agent: Person) -> None:
    chat = await waiting(rig)
    await agent_of(rig, chat, agent.id)
    await sweep(rig, MONDAY + 3.75 * MINUTE)
    assert await alerts(rig) == []
    await sweep(rig, MONDAY + 3.75 * MINUTE + SECOND)
    assert await told(rig) == [("agent", "sla_warning")]
    await sweep(rig, MONDAY + 5 * MINUTE + SECOND)
    assert await told(rig) == [
        *(("agent", "sla_warning"), ("agent", "sla_breach"), ("supervisor", "sla_breach"))
    ]
    warning, breach = await alerts(rig)
    assert warning.ended_at == MONDAY + 5 * MINUTE + SECOND
    assert (breach.level, breach.ended_at) == ("lead", None)
    assert breach.data["title"] == "林女士"


async def test_what_nobody_has_is_told_to_the_lead_at_once(rig: Rig) -> None:
    await waiting(rig)
    await sweep(rig, MONDAY + 4 * MINUTE)
    assert await told(rig) == [("supervisor", "sla_warning")]


async def test_nobody_takes_it_and_management_hears_of_it(rig: Rig, agent: Person) -> None:
    chat = await waiting(rig)
    await agent_of(rig, chat, agent.id)
    at = MONDAY + 5 * MINUTE + SECOND
    await sweep(rig, at)
    (breach,) = await alerts(rig, "sla_breach")
    assert breach.escalate_at == at + 30 * MINUTE
    await sweep(rig, at + 30 * MINUTE)
    (breach,) = await alerts(rig, "sla_breach")
    assert (breach.level, breach.escalate_at) == ("management", None)
    assert ("admin", "sla_breach") in await told(rig)
    assert (await told(rig)).count(("supervisor", "sla_breach")) == 1
    before = await told(rig)
    await sweep(rig, at + timedelta(days=7))
    assert await told(rig) == before


async def test_who_takes_it_ends_the_climbing(rig: Rig, supervisor: Person) -> None:
    await waiting(rig)
    at = MONDAY + 5 * MINUTE + SECOND
    await sweep(rig, at)
    (breach,) = await alerts(rig, "sla_breach")
    answer = await supervisor.http.post(f"/api/v1/alerts/{breach.id}/acknowledge")
    assert answer.json()["acknowledged_by"]["id"] == str(supervisor.id)
    other = await rig.staff("admin")
    again = await other.post(f"/api/v1/alerts/{breach.id}/acknowledge")
    assert again.json()["acknowledged_by"]["id"] == str(supervisor.id)
    await sweep(rig, at + timedelta(days=1))
    assert ("admin", "sla_breach") not in await told(rig)


async def test_an_alert_ends_by_itself_when_the_answer_is_given(rig: Rig) -> None:
    chat = await waiting(rig)
    await sweep(rig, MONDAY + 6 * MINUTE)
    async with rig.database.transaction() as tx:
        await service.meet(tx, chat.id, FIRST, at=MONDAY + 7 * MINUTE)
    assert [each.ended_at for each in await alerts(rig)] == [MONDAY + 7 * MINUTE]
    assert (await clock(rig, FIRST)).breached_at == MONDAY + 5 * MINUTE


async def test_the_lead_of_the_team_comes_before_management(rig: Rig, agent: Person) -> None:
    async with rig.database.transaction() as tx:
        lead = Staff(
            id=new_id(), username="lead", display_name="组长", role="agent", password_hash="-"
        )
        tx.add(lead)
        await tx.flush()
        team = Team(id=new_id(), name="一组", lead_id=lead.id)
        tx.add(team)
        await tx.flush()
        (await tx.get_one(Staff, agent.id)).team_id = team.id
    chat = await waiting(rig)
    await agent_of(rig, chat, agent.id)
    at = MONDAY + 5 * MINUTE + SECOND
    await sweep(rig, at)
    assert await told(rig, "sla_breach") == [("agent", "sla_breach"), ("lead", "sla_breach")]
    await sweep(rig, at + 31 * MINUTE)
    assert set(await told(rig, "sla_breach")) == {
        (name, "sla_breach") for name in ("agent", "lead", "supervisor", "admin")
    }


async def test_after_an_outage_a_breach_has_its_true_time_and_when_it_was_seen(rig: Rig) -> None:
    await waiting(rig)
    seen = MONDAY + timedelta(hours=9)
    await sweep(rig, seen)
    (breach,) = await alerts(rig)
    assert (breach.kind, breach.raised_at) == ("sla_breach", seen)
    row = await clock(rig, FIRST)
    assert (row.breached_at, row.warned_at) == (MONDAY + 5 * MINUTE, None)


async def test_two_workers_tell_everybody_once(rig: Rig) -> None:
    for _ in range(120):
        await waiting(rig)
    at = MONDAY + timedelta(hours=1)
    await asyncio.gather(*(sweep(rig, at) for _ in range(4)))
    assert await rig.scalar("SELECT count(*) FROM alert") == 120
    assert await rig.scalar("SELECT count(*) FROM notification") == 120
    await asyncio.gather(*(sweep(rig, at + 31 * MINUTE) for _ in range(4)))
    assert await rig.scalar("SELECT count(*) FROM notification") == 240


async def test_a_cause_raises_one_alert_until_it_is_gone(rig: Rig, supervisor: Person) -> None:
    async def once(at: datetime) -> Alert | None:
        async with rig.database.transaction() as tx:
            return await raise_alert(
                tx, AlertKind.QUEUE_STUCK, "desk", DESK, {"title": "3 位客户"}, at
            )

    first = await once(MONDAY)
    assert first is not None
    path = f"/api/v1/alerts/{first.id}/acknowledge"
    assert await once(MONDAY + MINUTE) is None
    async with rig.database.transaction() as tx:
        await end_alerts(tx, "desk", DESK, AlertKind.QUEUE_STUCK, at=MONDAY + 2 * MINUTE)
    ended = await supervisor.http.post(path)
    assert (ended.status_code, ended.json()["acknowledged_at"]) == (200, None)
    assert await once(MONDAY + 3 * MINUTE) is not None


async def test_agents_see_what_they_were_told(rig: Rig, agent: Person, supervisor: Person) -> None:
    own, _ = await waiting(rig), await waiting(rig)
    await agent_of(rig, own, agent.id)
    await sweep(rig, MONDAY + 6 * MINUTE)
    (item,) = (await agent.http.get("/api/v1/alerts")).json()["items"]
    assert item["subject"]["id"] == str(own.id)
    everything = (await supervisor.http.get("/api/v1/alerts")).json()["items"]
    (other,) = [each["id"] for each in everything if each["id"] != item["id"]]
    hidden = await agent.http.post(f"/api/v1/alerts/{other}/acknowledge")
    assert hidden.status_code == 404


async def test_the_list_shows_open_alerts_in_words(rig: Rig, supervisor: Person) -> None:
    chat = await waiting(rig)
    await sweep(rig, MONDAY + 4 * MINUTE)
    await sweep(rig, MONDAY + 6 * MINUTE)
    found = (await supervisor.http.get("/api/v1/alerts")).json()
    (item,) = found["items"]
    assert item["text"] == "人工首次响应已超时：林女士"
    assert item["subject"] == {
        "kind": "conversation",
        "id": str(chat.id),
        "title": "林女士",
    }
    assert [person["display_name"] for person in item["told"]]
    everything = await supervisor.http.get("/api/v1/alerts", params={"open": False, "limit": 1})
    assert everything.json()["items"] == found["items"]
    assert everything.json()["next"]
    english = await supervisor.http.get("/api/v1/alerts", headers={"Accept-Language": "en"})
    assert english.json()["items"][0]["text"].startswith("First human response is late")
    missing = await supervisor.http.post(f"/api/v1/alerts/{new_id()}/acknowledge")
    assert missing.status_code == 404
