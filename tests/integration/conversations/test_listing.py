"""Lists: pages, filters, views, and who sees what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from api.ids import now
from tests.support.desk_work import agent_of, ok, path_of, refused, taken_by, waiting_visitor
from tests.support.rig import Rig
from triage.policy.routing import routing_policy
from triage.waiting import Waiting, queue_order

LIST = "/api/v1/conversations"
MADE = """
INSERT INTO customer (id, display_name, tier, language, preferences, masked, version, created_at)
SELECT CAST(md5('c' || n) AS uuid), '客户' || n, (ARRAY['standard', 'vip'])[1 + n % 2], 'zh', '{}', '{}', 1, now()
FROM generate_series(1, :count) n;
"""
TALKS = """
INSERT INTO conversation (id, customer_id, channel, language, state, tags, last_seq, agent_read_seq,
    unread, anger, slots, queued_at, passed_over, handoff_count, priority, created_at, updated_at)
SELECT CAST(md5('k' || n) AS uuid), CAST(md5('c' || n) AS uuid), 'web', 'zh', :state, '[]', 1, 0, 0, false, '{}',
    now() - make_interval(mins => n * 19 % 47), '[]', 0, (ARRAY['P1', 'P2', 'P3', NULL])[1 + n % 4],
    now(), now() - make_interval(mins => n % 5)
FROM generate_series(1, :count) n;
"""


async def filled(rig: Rig, count: int, state: str) -> None:
    async with rig.database.transaction() as tx:
        await tx.execute(text(MADE), {"count": count})
        await tx.execute(text(TALKS), {"count": count, "state": state})


async def listed(staff: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    return await ok(staff.get(LIST, params=params))


async def all_pages(staff: httpx.AsyncClient, view: str) -> list[dict[str, Any]]:
    """What is on them, four a page."""
    seen: list[dict[str, Any]] = []
    cursor = None
    while cursor is not None or not seen:
        page = await listed(staff, view=view, limit=4, **({"cursor": cursor} if cursor else {}))
        seen += page["items"]
        cursor = page["next"]
    return seen


async def test_pages_hold_everything_once_the_newest_change_first(rig: Rig) -> None:
    await filled(rig, 23, "closed")
    seen = await all_pages(await rig.staff(), "closed")
    assert len({item["id"] for item in seen}) == len(seen) == 23
    changed = [(item["updated_at"], UUID(item["id"])) for item in seen]
    assert changed == sorted(changed, reverse=True)


async def test_the_queue_is_listed_in_the_order_in_which_it_is_given_out(rig: Rig) -> None:
    await filled(rig, 43, "queued")
    seen = await all_pages(await rig.staff(), "queue")
    waitings = [
        Waiting(
            id=UUID(item["id"]),
            category=None,
            priority=item["priority"] or "P4",
            queued_at=datetime.fromisoformat(item["queued_at"]),
            tier=item["customer"]["tier"],
        )
        for item in seen
    ]
    assert len(set(waitings)) == 43
    assert waitings == queue_order(waitings, now(), routing_policy())
    by_priority = sorted(waitings, key=lambda each: (each.priority, each.queued_at))
    assert waitings != by_priority, "nobody aged past a higher priority"


@pytest.mark.parametrize("cursor", ["x", "!!", "bnVsbA", "WyJhIl0", "e30", "\u4e2d"])
async def test_a_cursor_that_is_none_is_refused(rig: Rig, cursor: str) -> None:
    agent = await rig.staff()
    for view in ("queue", "open"):
        asked = agent.get(LIST, params={"view": view, "cursor": cursor})
        await refused(asked, 422, "validation_failed")


async def test_a_cursor_of_another_order_is_refused(rig: Rig) -> None:
    await filled(rig, 3, "queued")
    agent = await rig.staff()
    cursor = (await listed(agent, limit=1))["next"]
    asked = agent.get(LIST, params={"view": "open", "cursor": cursor})
    await refused(asked, 422, "validation_failed")


async def test_counting_closed_ones_stops_at_a_thousand(rig: Rig) -> None:
    await filled(rig, 1_010, "closed")
    counts = (await listed(await rig.staff()))["counts"]
    assert counts["closed"] == 1_000


async def test_filters_narrow_a_view(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    mine, theirs = await taken_by(rig, agent), await taken_by(rig, supervisor)
    await mine.say("耳机只有一边响 100%")
    await ok(agent.put(path_of(mine, "/labels"), json={"category": "quality", "priority": "P2"}))
    owner = (await ok(agent.get(path_of(mine))))["owner"]["id"]
    for narrowed in (
        {"q": "一边响"},
        {"q": "100%"},
        {"priority": "P2"},
        {"category": "quality"},
        {"agent_id": owner},
        {"q": "访客", "agent_id": owner, "channel": "web"},
    ):
        found = (await listed(agent, view="open", **narrowed))["items"]
        assert [item["id"] for item in found] == [str(mine.conversation_id)], narrowed
    for nothing in ({"q": "没有这句话"}, {"q": "%%"}, {"channel": "wechat"}):
        assert (await listed(agent, view="open", **nothing))["items"] == []
    everything = (await listed(agent, view="open"))["items"]
    assert {item["id"] for item in everything} == {
        str(mine.conversation_id),
        str(theirs.conversation_id),
    }
    by_name = {"q": "访客"}
    assert len((await listed(agent, view="open", **by_name))["items"]) == 2


async def test_closed_ones_are_still_found_by_priority_and_by_who_had_them(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    await ok(agent.put(path_of(visitor, "/labels"), json={"priority": "P2"}))
    owner = (await ok(agent.get(path_of(visitor))))["owner"]["id"]
    await ok(agent.post(path_of(visitor, "/close"), json={"result": "resolved"}))
    for narrowed in ({"priority": "P2"}, {"agent_id": owner}):
        found = (await listed(agent, view="closed", **narrowed))["items"]
        assert [item["id"] for item in found] == [str(visitor.conversation_id)]
    assert (await listed(agent, view="closed", agent_id=str(uuid4())))["items"] == []


async def test_a_late_answer_is_seen_coming(rig: Rig) -> None:
    agent, visitor = await rig.staff(), await waiting_visitor(rig)
    assert (await listed(agent, view="breaching"))["items"] == []
    async with rig.database.transaction() as tx:
        await (await tx.connection()).exec_driver_sql(
            "UPDATE deadline SET warn_at = now() - interval '1 second',"
            " due_at = now() + interval '2 minutes'"
        )
    (item,) = (await listed(agent, view="breaching"))["items"]
    assert item["id"] == str(visitor.conversation_id)
    assert item["deadline"]["breached"] is False


async def test_the_team_view_shows_the_teams_own(rig: Rig) -> None:
    ours, _ = await agent_of(rig, "甲", "售后组")
    theirs, _ = await agent_of(rig, "乙", "物流组")
    mine, other, queued = (
        await taken_by(rig, ours),
        await taken_by(rig, theirs),
        await waiting_visitor(rig),
    )
    team = await listed(ours, view="team")
    assert [item["id"] for item in team["items"]] == [str(mine.conversation_id)]
    assert team["counts"]["queue"] == team["counts"]["unassigned"] == 1
    assert [item["id"] for item in (await listed(ours, view="queue"))["items"]] == [
        str(queued.conversation_id)
    ]
    everything = await listed(await rig.staff("supervisor"), view="open")
    assert {item["id"] for item in everything["items"]} == {
        str(mine.conversation_id),
        str(other.conversation_id),
    }
    await ok(theirs.post(path_of(other, "/close"), json={"result": "resolved"}))
    assert (await listed(ours, view="closed"))["items"] == []
    assert len((await listed(theirs, view="closed"))["items"]) == 1
