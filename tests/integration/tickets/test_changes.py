"""Fields, labels and people of a ticket change, each change kept with who made it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import DatabaseError

from tests.support.rig import Rig
from tests.support.ticketing import Opener, Person, person, team


async def changes_of(agent: Person, number: str) -> list[tuple[str, Any, Any]]:
    """(field, before, after) of every change, oldest first."""
    items = (await agent.get(f"/{number}/history"))["items"]
    return [
        (each["data"]["field"], each["data"]["before"], each["data"]["after"])
        for each in items
        if each["kind"] == "changed"
    ]


async def test_a_change_is_kept_with_what_was_before(agent: Person, open_: Opener) -> None:
    ticket = await open_(contact="19900004444")
    changed = await agent.change(
        ticket, title="空调", root_cause=["缺氟", "漏点"], contact="19900005555", tags=["空调"]
    )
    assert (changed["title"], changed["root_cause"]) == ("空调", ["缺氟", "漏点"])
    assert changed["version"] == ticket["version"] + 1
    assert await changes_of(agent, ticket["number"]) == [
        ("title", "空调不制冷", "空调"),
        ("tags", [], ["空调"]),
        ("root_cause", [], ["缺氟", "漏点"]),
        ("contact", "199****4444", "199****5555"),
    ]


async def test_what_stays_the_same_is_no_change(agent: Person, open_: Opener) -> None:
    ticket = await open_()
    same = await agent.change(ticket, title=ticket["title"], description=None)
    assert same["version"] == ticket["version"]
    assert await changes_of(agent, ticket["number"]) == []


async def test_a_stale_version_changes_nothing(agent: Person, open_: Opener) -> None:
    ticket = await open_()
    await agent.change(ticket, title="一")
    body = {"version": ticket["version"], "title": "二"}
    assert await agent.refused(f"/{ticket['number']}", body, "PATCH") == (409, "conflict")
    move = {"version": ticket["version"], "state": "pending_customer"}
    assert await agent.refused(f"/{ticket['number']}/state", move) == (409, "conflict")
    shown = await agent.get(f"/{ticket['number']}")
    assert (shown["title"], shown["state"]) == ("一", "open")


async def test_of_changes_at_the_same_moment_one_is_made(agent: Person, open_: Opener) -> None:
    ticket = await open_()
    answers = await asyncio.gather(
        *(
            agent.http.patch(
                f"/api/v1/tickets/{ticket['number']}",
                json={"version": ticket["version"], "title": f"标题{index}"},
            )
            for index in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 5]


async def test_the_history_cannot_be_changed(rig: Rig, open_: Opener) -> None:
    await open_()
    for statement in ("UPDATE ticket_event SET kind = 'x'", "DELETE FROM ticket_event"):
        with pytest.raises(DatabaseError):
            await rig.rows(statement + " RETURNING id")


async def test_corrected_labels_set_the_priority_and_are_kept_to_learn_from(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    ticket = await open_()
    due = ticket["first_response_due_at"]
    changed = await agent.change(ticket, category="aftersales", impact=4, urgency=4)
    assert (changed["priority"], changed["category"]["key"]) == ("P1", "aftersales")
    assert changed["first_response_due_at"] < due
    rows = await rig.rows("SELECT target, said, corrected FROM label_correction ORDER BY target")
    assert [tuple(row) for row in rows] == [
        ("category", "other", "aftersales"),
        ("impact", "1", "4"),
        ("priority", "P4", "P1"),
        ("urgency", "1", "4"),
    ]
    audited = await rig.rows("SELECT action, data ->> 'label' FROM audit_record ORDER BY seq")
    assert {tuple(row) for row in audited} == {
        ("label_changed", "category"),
        ("label_changed", "impact"),
        ("label_changed", "urgency"),
        ("priority_changed", "priority"),
    }


async def test_only_a_supervisor_lowers_p1(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    ticket = await open_(impact=4, urgency=4)
    path = f"/{ticket['number']}"
    for fields in ({"priority": "P2"}, {"impact": 1, "urgency": 1}):
        body = {"version": ticket["version"], **fields}
        assert await agent.refused(path, body, "PATCH") == (403, "priority_protected")
    assert (await agent.get(path))["impact"] == 4
    assert await rig.scalar("SELECT count(*) FROM label_correction") == 0
    assert (await supervisor.change(ticket, impact=1, urgency=1))["priority"] == "P4"


async def test_a_request_that_is_a_complaint_after_all_gets_the_steps(
    agent: Person, open_: Opener
) -> None:
    ticket = await agent.change(await open_(), nature="complaint")
    assert len(ticket["complaint_steps"]) == 4
    number = ticket["number"]
    ticket = await agent.do(f"/{number}/complaint-steps/accept", {"result": "已联系客户"})
    assert ticket["complaint_steps"][0]["done_by"]["id"] == str(agent.id)
    again = await agent.change(ticket, nature="help")
    assert [step["step"] for step in again["complaint_steps"]] == ["accept"]
    once_more = await agent.change(again, nature="complaint")
    assert [bool(step["done_at"]) for step in once_more["complaint_steps"]] == [True, *[False] * 3]


async def test_whoever_gets_a_ticket_is_told_once(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    ticket = await agent.change(await open_(), assignee_id=str(supervisor.id))
    assert ticket["assignee"]["id"] == str(supervisor.id)
    rows = await rig.rows("SELECT staff_id, kind FROM notification WHERE kind = 'ticket_assigned'")
    assert [tuple(row) for row in rows] == [(supervisor.id, "ticket_assigned")]
    free = await agent.change(ticket, assignee_id=None)
    assert free["assignee"] is None


BAD: list[tuple[dict[str, Any], int, str]] = [
    ({"assignee_id": str(uuid4())}, 422, "unknown_staff"),
    ({"team_id": str(uuid4())}, 404, "not_found"),
    ({"root_cause": ["为什么"] * 6}, 422, "validation_failed"),
    ({"result": ""}, 422, "validation_failed"),
    ({"category": "../x"}, 422, "validation_failed"),
    ({"version": None}, 422, "validation_failed"),
]


async def test_a_bad_change_is_refused_as_a_whole(agent: Person, open_: Opener) -> None:
    ticket = await open_()
    for fields, status, code in BAD:
        body = {"version": ticket["version"], "title": "新标题", **fields}
        refused = await agent.refused(f"/{ticket['number']}", body, "PATCH")
        assert refused == (status, code), fields
    assert (await agent.get(f"/{ticket['number']}"))["title"] == ticket["title"]


async def test_a_ticket_given_to_another_team_is_gone_for_this_one(
    rig: Rig, supervisor: Person, open_: Opener
) -> None:
    ours, theirs = await team(rig, "一组"), await team(rig, "二组")
    one, two = await person(rig, "one", ours), await person(rig, "two", theirs)
    ticket = await open_(one, team_id=str(ours))
    number = ticket["number"]
    assert await two.refused(f"/{number}", method="GET") == (404, "not_found")
    assert (await two.get(""))["items"] == []
    given = await one.change(ticket, assignee_id=str(two.id))
    assert given["team"]["name"] == "二组"
    for path, body in (
        ("", None),
        ("/history", None),
        ("/notes", {"text": "看看"}),
        ("/state", {"version": given["version"], "state": "resolved", "result": "好"}),
        ("/watch", None),
    ):
        method = "GET" if body is None and path != "/watch" else "POST"
        assert await one.refused(f"/{number}{path}", body, method) == (404, "not_found")
    assert (await two.get(""))["counts"]["mine"] == 1
    assert (await supervisor.get(f"/{number}"))["number"] == number


async def test_who_works_on_a_ticket_gives_it_their_team(rig: Rig, open_: Opener) -> None:
    ours, theirs = await team(rig, "一组"), await team(rig, "二组")
    one, two = await person(rig, "one"), await person(rig, "two", theirs)
    ticket = await open_(one, assignee_id=str(one.id))
    assert (await two.get(f"/{ticket['number']}"))["team"] is None
    await person(rig, "one", ours)
    assert await two.refused(f"/{ticket['number']}", method="GET") == (404, "not_found")


async def test_numbers_are_shown_for_a_reason_that_is_audited(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    said = "请打 19900004444，订单 YS2026112100001"
    ticket = await open_(contact="19900004444", description=said)
    assert ticket["title"] == ticket["description"] == "请打 199****4444，订单 YS2026112100001"
    same = {"description": ticket["description"], "contact": ticket["contact_masked"]}
    ticket = await agent.change(ticket, **same, title="回电")
    path = f"/{ticket['number']}/reveal"
    assert await agent.refused(path, {"reason": ""}) == (422, "reason_too_short")
    shown = await agent.do(path, {"reason": "回电核实地址"})
    assert shown == {"contact": "19900004444", "description": said}
    ((action, reason),) = await rig.rows("SELECT action, data ->> 'reason' FROM audit_record")
    assert (action, reason) == ("reveal", "回电核实地址")
    await agent.change(ticket, description="已回电 19900004444")
    assert "19900004444" not in str(await agent.get(f"/{ticket['number']}/history"))
