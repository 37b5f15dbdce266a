"""Wrapping up, the form, closing without it, and what the customer is asked."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.conversations import wrap_up
from api.ids import now
from tests.support.desk_work import ok, path_of, refused, reply, taken_by
from tests.support.labelling import LabelledByText
from tests.support.rig import Rig, Visitor

FORM = {"result": "resolved", "root_cause": "仓库漏发", "note": "已补发"}


async def closed(agent: httpx.AsyncClient, visitor: Visitor, **form: Any) -> httpx.Response:
    return await agent.post(path_of(visitor, "/close"), json=FORM | form)


async def survey(visitor: Visitor, **answers: Any) -> httpx.Response:
    return await visitor.http.post("/api/v1/visitor/rating", json=answers)


async def test_wrapping_up_ends_it_for_the_customer_and_the_form_closes_it(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    wrapping = await ok(agent.post(path_of(visitor, "/wrap-up")))
    assert (wrapping["state"], wrapping["owner"]["display_name"]) == ("wrap_up", "小云")
    assert "打个分" in (await visitor.texts("system"))[-1]
    told = await visitor.texts()
    assert (await ok(agent.post(path_of(visitor, "/wrap-up"))))["state"] == "wrap_up"
    await refused(reply(agent, visitor, "等等"), 409, "not_owner")
    detail = await ok(closed(agent, visitor))
    assert (detail["state"], detail["owner"]) == ("closed", None)
    assert await visitor.texts() == told, "the customer is told once"
    (form,) = await rig.rows("SELECT * FROM wrap_up")
    assert (form.result, form.root_cause, form.note) == ("resolved", "仓库漏发", "已补发")
    await refused(closed(agent, visitor), 409, "not_owner")


async def test_a_form_without_a_result_does_nothing(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    for form in ({}, {"result": "fine"}, {"result": "resolved", "category": "nonsense"}):
        asked = agent.post(path_of(visitor, "/close"), json=form)
        await refused(asked, 422, "validation_failed")
    assert (await ok(agent.get(path_of(visitor))))["state"] == "active"


async def test_a_corrected_category_is_kept_to_learn_from(rig: Rig) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    await visitor.say("包裹丢了，转人工")
    await rig.run_turns(labeller=LabelledByText())
    await ok(agent.post(path_of(visitor, "/take")))
    detail = await ok(closed(agent, visitor, category="refund"))
    assert (detail["category"]["key"], detail["priority"]) == ("refund", "P3")
    (kept,) = await rig.rows("SELECT * FROM label_correction")
    message = await rig.scalar("SELECT id FROM message WHERE author = 'customer'")
    assert (kept.target, kept.said, kept.corrected) == ("category", "logistics", "refund")
    assert kept.message_id == message
    assert await rig.scalar("SELECT category FROM wrap_up") == "refund"


async def test_a_confirmed_category_is_no_correction(rig: Rig) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    await visitor.say("包裹丢了，转人工")
    await rig.run_turns(labeller=LabelledByText())
    await ok(agent.post(path_of(visitor, "/take")))
    await ok(closed(agent, visitor, category="logistics"))
    assert await rig.scalar("SELECT count(*) FROM label_correction") == 0


async def test_a_follow_up_is_asked_for_only_when_the_form_says_so(rig: Rig) -> None:
    agent = await rig.staff()
    first, second = await taken_by(rig, agent), await taken_by(rig, agent)
    await ok(closed(agent, first))
    await ok(closed(agent, second, follow_up=True))
    (due,) = await rig.rows("SELECT * FROM follow_up")
    assert due.conversation_id == second.conversation_id
    assert now() + timedelta(days=2) < due.not_before < due.due_at < now() + timedelta(days=16)


async def test_without_the_form_it_is_closed_after_some_minutes(rig: Rig) -> None:
    agent = await rig.staff()
    visitor, other = await taken_by(rig, agent), await taken_by(rig, agent)
    await ok(agent.post(path_of(visitor, "/wrap-up")))

    async def sweep(minutes: int) -> int:
        async with rig.database.transaction() as tx:
            return await wrap_up.close_overdue(tx, now() + timedelta(minutes=minutes))

    assert await sweep(4) == 0
    assert sorted(await asyncio.gather(sweep(6), sweep(6))) == [0, 1]
    assert (await ok(agent.get(path_of(visitor))))["state"] == "closed"
    assert (await ok(agent.get(path_of(other))))["state"] == "active"
    assert await rig.scalar("SELECT count(*) FROM wrap_up") == 0
    assert (await ok(closed(agent, visitor)))["state"] == "closed", "the form may come later"
    assert await rig.scalar("SELECT count(*) FROM wrap_up") == 1
    await refused(closed(agent, visitor), 409, "not_owner")


async def test_a_customer_who_says_thanks_does_not_lose_the_agent_their_form(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor = await taken_by(rig, agent)
    await ok(agent.post(path_of(visitor, "/wrap-up")))
    await visitor.say("谢谢")
    await refused(closed(supervisor, visitor), 409, "not_owner")
    assert (await ok(closed(agent, visitor)))["state"] == "bot"
    assert await rig.scalar("SELECT result FROM wrap_up") == "resolved"


async def test_who_hands_it_back_to_the_bot_owes_no_form(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    await ok(agent.post(path_of(visitor, "/return-to-bot"), json={}))
    await refused(closed(agent, visitor), 409, "not_owner")


async def test_what_is_new_after_the_end_is_judged_anew(rig: Rig) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    await visitor.say("包裹丢了，转人工")
    await rig.run_turns(labeller=LabelledByText())
    await ok(agent.post(path_of(visitor, "/take")))
    ended = await ok(closed(agent, visitor))
    assert (ended["priority"], ended["deadline"]) == ("P3", None)
    await visitor.say("你好")
    again = await ok(agent.get(path_of(visitor)))
    assert (again["state"], again["priority"], again["category"]) == ("bot", None, None)


async def test_the_survey_takes_both_answers_and_free_text(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    await refused(survey(visitor, score=5), 409, "not_rateable")
    await ok(agent.post(path_of(visitor, "/wrap-up")))
    await ok(survey(visitor, score=4, nps=9, comment=" 很快 "), 204)
    seen = (await visitor.read())["conversation"]
    assert (seen["rating"], seen["nps"], seen["rated"]) == (4, 9, True)
    detail = await ok(agent.get(path_of(visitor)))
    assert (detail["rating"], detail["nps"], detail["rating_comment"]) == (4, 9, "很快")
    await refused(survey(visitor, nps=1), 409, "already_rated")


async def test_one_answer_is_enough_and_none_is_not(rig: Rig) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    await ok(closed(agent, visitor))
    for answers in ({}, {"comment": "好"}, {"score": None, "nps": None}, {"nps": 11}, {"nps": -1}):
        await refused(survey(visitor, **answers), 422, "validation_failed")
    await ok(survey(visitor, nps=0), 204)
    seen = (await visitor.read())["conversation"]
    assert (seen["rating"], seen["nps"], seen["rated"]) == (None, 0, True)
    await refused(survey(visitor, score=5), 409, "already_rated")


@pytest.mark.parametrize("note", [None, "请仓库核实"])
async def test_a_ticket_is_made_of_a_conversation_which_goes_on(rig: Rig, note: str | None) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    visitor = await taken_by(rig, agent)
    body = {"title": "少发配件", "note": note}
    ticket = await ok(agent.post(path_of(visitor, "/to-ticket"), json=body), 201)
    assert (ticket["title"], ticket["conversation_id"]) == (
        "少发配件",
        str(visitor.conversation_id),
    )
    assert ticket["assignee"]["display_name"] == "小云"
    assert ticket["number"] in (await visitor.texts("system"))[-1]
    assert (await ok(agent.get(path_of(visitor))))["state"] == "active"
    shown = await ok(supervisor.get(f"/api/v1/tickets/{ticket['number']}"))
    assert [each["text"] for each in shown["notes"]] == ([note] if note else [])
    other = await rig.colleague("路人")
    await refused(other.post(path_of(visitor, "/to-ticket"), json={}), 409, "not_owner")
