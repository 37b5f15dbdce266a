"""A customer who comes back to a conversation that was over: what begins anew, and who knows."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.desk_work import agent_of, ok, path_of, refused, taken_by, waiting_visitor
from tests.support.rig import Rig, Visitor
from tests.support.routing import at_work

BOT_AGAIN = "现在由智能客服先回复您"


async def closed(agent: httpx.AsyncClient, visitor: Visitor, **form: Any) -> dict[str, Any]:
    body = {"result": "resolved", **form}
    return await ok(agent.post(path_of(visitor, "/close"), json=body))


async def rated(visitor: Visitor, score: int) -> None:
    await ok(visitor.http.post("/api/v1/visitor/rating", json={"score": score}), 204)


async def hops(rig: Rig) -> list[tuple[str, str, str]]:
    rows = await rig.rows("SELECT from_owner, to_owner, reason FROM handoff ORDER BY hop")
    return [tuple(row) for row in rows]


async def test_a_customer_is_asked_once_a_matter_and_every_answer_is_kept(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    await closed(agent, visitor)
    await rated(visitor, 5)
    await visitor.say("转人工")
    seen = (await visitor.read())["conversation"]
    assert (seen["rating"], seen["rated"]) == (None, False)
    await rig.run_turns()
    await ok(agent.post(path_of(visitor, "/take")))
    await closed(agent, visitor)
    notices = [text for text in await visitor.texts("system") if "已结束" in text]
    assert ["打个分" in text for text in notices] == [True, True]
    await rated(visitor, 2)
    asked = visitor.http.post("/api/v1/visitor/rating", json={"score": 1})
    await refused(asked, 409, "already_rated")
    assert await rig.rows("SELECT rating FROM earlier_rating") == [(5,)]
    wall = await ok((await rig.staff("supervisor")).get("/api/v1/wall"))
    assert wall["today"]["csat"] == {"average": 3.5, "count": 2}


async def test_a_matter_without_anything_to_rate_is_not_rated(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    await closed(agent, visitor)
    await visitor.say("你好")
    await rig.rows("UPDATE conversation SET state = 'closed' RETURNING 1")
    assert (await visitor.read())["conversation"]["rateable"] is False


async def test_who_answered_for_one_matter_does_not_answer_for_the_next(rig: Rig) -> None:
    first, second = await rig.staff(), await rig.colleague("小雨")
    visitor = await taken_by(rig, first)
    await closed(first, visitor)
    await visitor.say("转人工")
    assert (await ok(first.get(path_of(visitor))))["responsible"] is None
    await rig.run_turns()
    await ok(second.post(path_of(visitor, "/take")))
    detail = await ok(second.get(path_of(visitor)))
    assert detail["responsible"]["display_name"] == "小雨"


async def test_who_answers_for_a_matter_that_goes_on_stays_so(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    await ok(agent.post(path_of(visitor, "/wrap-up")))
    await visitor.say("还有一件事")
    assert (await ok(agent.get(path_of(visitor))))["responsible"]["display_name"] == "小云"


@pytest.mark.parametrize("active", [True, False])
async def test_a_follow_up_goes_to_who_answers_for_it_while_they_work_here(
    rig: Rig, active: bool
) -> None:
    first, first_id = await agent_of(rig, "小雨", None)
    second, second_id = await agent_of(rig, "小雪", None)
    visitor = await taken_by(rig, first)
    await ok(first.post(path_of(visitor, "/return-to-bot"), json={}))
    await ok(second.post(path_of(visitor, "/take")))
    await rig.rows(
        "UPDATE staff SET active = :active WHERE username = '小雨' RETURNING 1", active=active
    )
    await closed(second, visitor, follow_up=True)
    owner = str(await rig.scalar("SELECT owner_id FROM follow_up"))
    assert owner == (first_id if active else second_id)


async def test_who_writes_while_the_agent_is_away_is_told_that_the_bot_answers(rig: Rig) -> None:
    agent, agent_id = await agent_of(rig, "小雨", None)
    visitor = await taken_by(rig, agent)
    await ok(agent.post(path_of(visitor, "/wrap-up")))
    await visitor.say("还有一件事")
    assert (await hops(rig))[-1] == (f"agent:{agent_id}", "bot", "reopened")
    assert (await visitor.texts("system"))[-1].startswith(BOT_AGAIN)


async def test_who_writes_after_leaving_word_is_told_that_the_bot_answers(rig: Rig) -> None:
    visitor = await waiting_visitor(rig)
    await ok(visitor.http.post("/api/v1/visitor/leave-word", json={}))
    await visitor.say("还有一件事")
    assert (await hops(rig))[-1] == ("", "bot", "reopened")
    assert (await visitor.texts("system"))[-1].startswith(BOT_AGAIN)


async def test_another_matter_is_a_hop_that_goes_without_saying(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    await closed(agent, visitor)
    told = await visitor.texts("system")
    await visitor.say("你好")
    assert (await hops(rig))[-1] == ("", "bot", "reopened")
    assert await visitor.texts("system") == told


async def test_who_is_there_goes_on_without_the_bot(rig: Rig) -> None:
    agent, _ = await at_work(rig, "小雨")
    visitor = await taken_by(rig, agent)
    await ok(agent.post(path_of(visitor, "/wrap-up")))
    await visitor.say("还有一件事")
    assert (await hops(rig))[-1][2] == "came_back"


async def test_a_new_matter_that_is_p1_opens_an_incident_of_its_own(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    urgent = {"priority": "P1", "reason": "充电宝冒烟"}
    await ok(agent.put(path_of(visitor, "/labels"), json=urgent))
    await rig.rows("UPDATE incident SET closed_at = now() RETURNING 1")
    await closed(agent, visitor)
    await visitor.say("转人工")
    await rig.run_turns()
    await ok(agent.post(path_of(visitor, "/take")))
    await ok(agent.put(path_of(visitor, "/labels"), json=urgent))
    assert await rig.rows("SELECT count(*) FROM incident") == [(2,)]
