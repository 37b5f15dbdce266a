"""An agent's lost connection frees their conversations; an outage of the api frees none."""

from __future__ import annotations

from datetime import timedelta

from api.handoffs.lost import requeue_lost
from api.handoffs.routing import route
from api.ids import now
from tests.support.desk_work import ok, path_of, reply, taken_by
from tests.support.rig import Rig
from tests.support.routing import api_has_lived, at_work, change, detail, lose, owners, sweep

LONG_AGO = timedelta(hours=1)


async def test_after_45_seconds_they_go_back_at_the_head_of_their_priority(rig: Rig) -> None:
    agent, agent_id = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    first_queued = await rig.scalar("SELECT queued_at FROM conversation")
    await lose(rig, agent_id, 30)
    await api_has_lived(rig, now() - LONG_AGO)
    assert await sweep(rig) == 0
    assert await sweep(rig, 50) == 1
    assert await owners(rig) == [None]
    assert await rig.scalar("SELECT queued_at FROM conversation") == first_queued
    hop = (await rig.rows("SELECT * FROM handoff ORDER BY hop"))[-1]
    assert (hop.reason, hop.from_owner, hop.to_owner) == (
        "agent_lost",
        f"agent:{agent_id}",
        "queue",
    )
    told = [text for text in await visitor.texts("system") if "连接中断" in text]
    assert len(told) == 1
    assert await sweep(rig, 100) == 0
    items = (await ok(agent.get("/api/v1/notifications")))["items"]
    assert items[0]["kind"] == "requeued", "the agent is told on return"
    assert (await reply(agent, visitor, "我回来了")).status_code == 409


async def test_a_colleague_gets_it_and_not_the_lost_one_who_comes_back(rig: Rig) -> None:
    agent, agent_id = await at_work(rig, "小雨")
    await taken_by(rig, agent)
    await lose(rig, agent_id, 30)
    await api_has_lived(rig, now() - LONG_AGO)
    _, other = await at_work(rig, "小雪", presence="break")
    assert await sweep(rig, 50) == 1
    assert await owners(rig) == [None]
    for staff_id in (agent_id, other):
        both_back = "UPDATE staff SET presence = 'online', last_seen_at = now() WHERE id = %s"
        await change(rig, both_back, staff_id)
    await route(rig.database)
    assert await owners(rig) == [other]


async def test_after_an_outage_of_the_api_everybody_has_time_to_come_back(rig: Rig) -> None:
    agent, agent_id = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    await lose(rig, agent_id, 600)
    await api_has_lived(rig, now())
    assert await sweep(rig, 40) == 0, "the api has only just come back"
    assert (await detail(agent, visitor))["state"] == "active"
    assert await sweep(rig, 90) == 1


async def test_while_no_api_lives_nobody_loses_anything(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    await taken_by(rig, agent)
    await change(rig, "UPDATE pulse SET since = %s, beat_at = %s", now() - LONG_AGO, now())
    async with rig.database.transaction() as tx:
        assert await requeue_lost(tx, now() + timedelta(minutes=5)) == 0


async def test_what_was_taken_just_now_is_not_lost(rig: Rig) -> None:
    """An agent who works through the API alone, without a console."""
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    await api_has_lived(rig, now() - LONG_AGO)
    assert await sweep(rig, 30) == 0
    assert (await detail(agent, visitor))["state"] == "active"


async def test_wrapping_up_is_left_alone(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    await ok(agent.post(path_of(visitor, "/wrap-up")))
    await api_has_lived(rig, now() - LONG_AGO)
    assert await sweep(rig, 300) == 0
