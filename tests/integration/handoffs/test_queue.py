"""The queue for those who wait in it, and for those who watch it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from api.handoffs import queue, watch
from api.handoffs.corrections import keep_informed, tell
from api.handoffs.routing import route
from api.ids import now
from tests.support.desk_work import ok, path_of, refused, waiting_visitor
from tests.support.queries import asked
from tests.support.rig import Rig
from tests.support.routing import at_work, change, waiting

ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
NEVER = {**{day: [] for day in ALWAYS}, "mon": [["03:00", "03:01"]]}


async def hours(rig: Rig, weekly: dict[str, list[list[str]]]) -> None:
    admin = await rig.staff("admin")
    body = {"version": 0, "value": {"weekly": weekly, "public_holidays": False}}
    await ok(admin.put("/api/v1/settings/calendar", json=body))


async def test_a_waiting_customer_may_leave_word_instead(rig: Rig) -> None:
    await hours(rig, ALWAYS)
    visitor = await waiting_visitor(rig)
    notice = (await visitor.read())["messages"][-1]
    assert [button["text"] for button in notice["buttons"]] == ["留言，转为工单", "不等了"]
    body = {"text": "洗衣机漏水，请尽快联系", "contact": "13800138000"}
    left = await ok(visitor.http.post("/api/v1/visitor/leave-word", json=body))
    assert datetime.fromisoformat(left["first_response_due_at"]) > now()
    found = await visitor.read()
    assert found["conversation"]["state"] == "ticketed"
    told = found["messages"][-1]["text"]
    assert left["ticket_number"] in told
    assert left["status_url"] in told
    (stay,) = await rig.rows("SELECT left_for FROM queue_wait")
    assert stay.left_for == "ticket"
    again = await visitor.http.post("/api/v1/visitor/leave-word", json={})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "not_waiting")


async def test_the_button_of_the_notice_does_the_same(rig: Rig) -> None:
    visitor = await waiting_visitor(rig)
    await visitor.say("留言，转为工单")
    await rig.run_turns()
    assert (await visitor.read())["conversation"]["state"] == "ticketed"
    assert await rig.scalar("SELECT count(*) FROM ticket WHERE source = 'queue'") == 1


async def test_out_of_hours_the_notice_says_when_people_are_back(rig: Rig) -> None:
    await hours(rig, NEVER)
    visitor = await waiting_visitor(rig)
    notice = (await visitor.read())["messages"][-1]
    assert "现在不是服务时间" in notice["text"]
    assert "03:00" in notice["text"]
    assert notice["buttons"]


async def test_nobody_waits_who_does_not_ask(rig: Rig) -> None:
    visitor = await rig.visitor()
    answer = await visitor.http.post("/api/v1/visitor/leave-word")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_waiting")


async def test_the_queue_lists_places_waits_and_how_good_the_estimates_were(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨", capacity=1)
    first, second, third = await waiting(rig, 3)
    shown = await ok(agent.get("/api/v1/queue"))
    assert [item["conversation"]["id"] for item in shown["items"]] == [
        str(each.conversation_id) for each in (second, third)
    ]
    assert [item["position"] for item in shown["items"]] == [1, 2]
    async with asked(rig.database) as statements:
        again = await ok(agent.get("/api/v1/queue"))
    assert [item["position"] for item in again["items"]] == [1, 2]
    assert len([each for each in statements if "JOIN customer" in each]) == 1, "it is read once"
    waits = [item["expected_wait_seconds"] for item in shown["items"]]
    assert 0 < waits[0] < waits[1]
    assert shown["accuracy"]["count"] == 1
    assert shown["count"] == 2
    rows = await rig.rows("SELECT expected_seconds, plain_seconds, left_for FROM queue_wait")
    assert {row.left_for for row in rows} == {"agent", None}
    assert all(row.plain_seconds is not None for row in rows)
    await ok(agent.post(path_of(first, "/close"), json={"result": "resolved"}))
    assert (await ok(agent.get("/api/v1/queue")))["count"] == 1


async def test_a_change_that_matters_is_told_and_not_too_often(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨", capacity=1)
    await change(
        rig, "UPDATE staff SET last_seen_at = now() + interval '1 hour' WHERE username = '小雨'"
    )
    first, _, third = await waiting(rig, 3)
    before = await third.texts("system")
    await keep_informed(rig.database, now())
    assert await third.texts("system") == before
    await ok(agent.post(path_of(first, "/close"), json={"result": "resolved"}))
    await keep_informed(rig.database, now() + timedelta(seconds=5))
    assert await third.texts("system") == before, "told just now"
    await keep_informed(rig.database, now() + timedelta(seconds=40))
    after = await third.texts("system")
    assert len(after) == len(before) + 1
    assert "您排在第一位" in after[-1]
    await keep_informed(rig.database, now() + timedelta(seconds=90))
    assert await third.texts("system") == after


async def test_a_queue_that_does_not_move_is_an_alert_until_it_moves(rig: Rig) -> None:
    await waiting_visitor(rig)
    agent, _ = await at_work(rig, "小雨")
    later = now() + timedelta(minutes=20)
    await change(rig, "UPDATE staff SET last_seen_at = %s WHERE username = '小雨'", later)
    async with rig.database.transaction() as tx:
        await watch.report(tx, later)
        await watch.report(tx, later)
    opened = "SELECT count(*) FROM alert WHERE kind = 'queue_stuck' AND ended_at IS NULL"
    assert await rig.scalar(opened) == 1
    await change(rig, "UPDATE conversation SET queued_at = queued_at - interval '20 minutes'")
    shown = await ok(agent.get("/api/v1/queue"))
    assert {item["kind"] for item in shown["watchdog"]} >= {"free_agent"}
    await route(rig.database)
    async with rig.database.transaction() as tx:
        await watch.report(tx, later)
    assert await rig.scalar(opened) == 0


async def test_the_wall_shows_queue_agents_and_today_to_supervisors(rig: Rig) -> None:
    agent, agent_id = await at_work(rig, "小雨", capacity=1)
    await waiting(rig, 2)
    wall = await ok((await rig.staff("supervisor")).get("/api/v1/wall"))
    assert wall["queue"]["count"] == 1
    assert sum(wall["queue"]["by_priority"].values()) == 1
    mine = next(each for each in wall["agents"] if each["id"] == str(agent_id))
    assert (len(mine["current"]), mine["handled_today"], mine["load"]) == (1, 1, 1)
    assert wall["today"]["handoffs"] == 2
    assert wall["today"]["csat"] == {"average": None, "count": 0}
    await refused(agent.get("/api/v1/wall"), 403, "forbidden")


async def test_pages_that_ask_do_not_read_the_queue(rig: Rig) -> None:
    await at_work(rig, "小雨", capacity=1)
    *_, third = await waiting(rig, 3)
    before = await third.read()
    assert before["conversation"]["queue_position"] == 2
    async with asked(rig.database) as statements:
        assert (await third.read())["conversation"] == before["conversation"]
    assert not [each for each in statements if "FROM staff" in each or "FROM customer" in each]


async def test_two_workers_tell_a_change_once(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨", capacity=1)
    await change(
        rig, "UPDATE staff SET last_seen_at = now() + interval '1 hour' WHERE username = '小雨'"
    )
    first, _, third = await waiting(rig, 3)
    before = await third.texts("system")
    await ok(agent.post(path_of(first, "/close"), json={"result": "resolved"}))
    later = now() + timedelta(seconds=40)
    async with rig.database.transaction() as tx:
        stale = await queue.waiting_line(tx, later)
    await keep_informed(rig.database, later)
    await tell(rig.database, third.conversation_id, stale.places[third.conversation_id], later)
    await asyncio.gather(*(keep_informed(rig.database, later) for _ in range(3)))
    assert len(await third.texts("system")) == len(before) + 1


async def test_the_wall_asks_the_same_however_much_it_lists(rig: Rig) -> None:
    supervisor = await rig.staff("supervisor")
    await at_work(rig, "小雨", capacity=2)
    asked_for = []
    for more in (1, 6):
        await waiting(rig, more)
        await change(rig, "UPDATE deadline SET warn_at = now() - interval '1 second'")
        async with asked(rig.database) as statements:
            wall = await ok(supervisor.get("/api/v1/wall"))
        assert all(each["subject"]["title"] for each in wall["breaching"])
        asked_for.append([each for each in statements if "FROM setting" not in each])
    assert len(wall["breaching"]) == 7
    assert len(asked_for[0]) == len(asked_for[1]) < 25
