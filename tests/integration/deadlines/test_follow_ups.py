"""回访: planned when something is closed, due in its window, done with what the customer said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from api.ids import new_id
from tests.support.rig import Rig
from tests.support.ticketing import Opener, Person, person, team
from tests.support.timing import SECOND, alerts, clock, sweep

PATH = "/api/v1/follow-ups"


async def planned(agent: Person, open_: Opener) -> dict[str, Any]:
    """A closed ticket's follow-up."""
    await agent.move(await open_(assignee_id=str(agent.id)), "resolved", "closed")
    (task,) = await listed(agent, due="later")
    return task


async def listed(agent: Person, **params: Any) -> list[dict[str, Any]]:
    answer = await agent.http.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def begun(rig: Rig) -> None:
    """Let the window of all follow-ups be open."""
    await rig.rows("UPDATE follow_up SET not_before = now() - interval '1 hour' RETURNING 1")


async def test_a_closed_ticket_is_asked_about_in_its_window(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    task = await planned(agent, open_)
    assert task["about"] == "空调不制冷"
    assert task["owner"]["id"] == str(agent.id)
    row = await clock(rig, "follow_up")
    assert (row.warn_at, row.due_at) == (
        datetime.fromisoformat(task["not_before"]),
        datetime.fromisoformat(task["due_at"]),
    )
    early = await agent.http.post(
        f"{PATH}/{task['id']}/done", json={"satisfied": True, "result": "好"}
    )
    assert (early.status_code, early.json()["error"]["code"]) == (409, "too_early")


async def test_its_owner_is_told_when_the_window_opens_and_the_lead_when_it_is_over(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    task = await planned(agent, open_)
    await sweep(rig, datetime.fromisoformat(task["not_before"]) + SECOND)
    told = await rig.rows("SELECT staff_id, kind FROM notification WHERE kind = 'follow_up_due'")
    assert [tuple(row) for row in told] == [(agent.id, "follow_up_due")]
    assert await alerts(rig) == []
    await sweep(rig, datetime.fromisoformat(task["due_at"]) + SECOND)
    (alert,) = await alerts(rig, "sla_breach")
    assert alert.data["deadline"] == "follow_up"


async def test_what_the_customer_said_ends_it(rig: Rig, agent: Person, open_: Opener) -> None:
    task = await planned(agent, open_)
    await begun(rig)
    assert [each["id"] for each in await listed(agent, due="now", mine=True)] == [task["id"]]
    path = f"{PATH}/{task['id']}/done"
    assert (await agent.http.post(path, json={"satisfied": True, "result": " "})).status_code == 422
    done = await agent.http.post(path, json={"satisfied": False, "result": "还是不制冷"})
    assert done.json()["done_by"]["id"] == str(agent.id)
    again = await agent.http.post(path, json={"satisfied": True, "result": "好"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_done")
    assert await listed(agent) == []
    (shown,) = await listed(agent, due="done")
    assert (shown["satisfied"], shown["result"]) == (False, "还是不制冷")
    assert (await clock(rig, "follow_up")).met_at is not None
    unknown = await agent.http.post(
        f"{PATH}/{new_id()}/done", json={"satisfied": True, "result": "好"}
    )
    assert unknown.status_code == 404


async def test_a_reopened_ticket_is_not_asked_about(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    ticket = await agent.move(await open_(), "resolved", "closed")
    await supervisor.move(ticket, "reopened")
    assert await listed(agent) == []
    assert (await clock(rig, "follow_up")).cancelled_at is not None
    await sweep(rig, datetime.fromisoformat(ticket["closed_at"]) + timedelta(days=30))
    assert await rig.scalar("SELECT count(*) FROM notification WHERE kind = 'follow_up_due'") == 0


async def test_another_teams_follow_up_is_not_there(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    task = await planned(agent, open_)
    await begun(rig)
    stranger = await person(rig, "stranger", await team(rig, "二组"))
    assert await listed(stranger) == []
    body = {"satisfied": True, "result": "好"}
    hidden = await stranger.http.post(f"{PATH}/{task['id']}/done", json=body)
    assert hidden.status_code == 404
    assert [each["id"] for each in await listed(supervisor)] == [task["id"]]


async def leaves(admin: httpx.AsyncClient, staff_id: UUID) -> None:
    answer = await admin.put(f"/api/v1/agents/{staff_id}", json={"active": False})
    assert answer.status_code == 200, answer.text


async def told(rig: Rig) -> set[UUID]:
    rows = await rig.rows("SELECT staff_id FROM notification WHERE kind = 'follow_up_due'")
    return {row.staff_id for row in rows}


async def test_nobody_who_has_left_is_asked_to_do_it_but_the_team(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    own = await team(rig, "退款组")
    mate, leaver = await person(rig, "mate", own), await person(rig, "leaver", own)
    stranger = await person(rig, "stranger", await team(rig, "二组"))
    ticket = await open_(assignee_id=str(leaver.id))
    assert ticket["team"]["id"] == str(own)
    await leaves(await rig.staff("admin"), leaver.id)
    await supervisor.move(ticket, "resolved", "closed")
    (task,) = await listed(mate)
    assert task["owner"] is None
    assert await listed(stranger) == []
    await sweep(rig, datetime.fromisoformat(task["not_before"]) + SECOND)
    assert await told(rig) == {mate.id}


async def test_what_was_planned_for_who_leaves_becomes_the_teams_at_once(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    own = await team(rig, "退款组")
    mate, leaver = await person(rig, "mate", own), await person(rig, "leaver", own)
    await supervisor.move(await open_(assignee_id=str(leaver.id)), "resolved", "closed")
    await begun(rig)
    await leaves(await rig.staff("admin"), leaver.id)
    (task,) = await listed(mate, due="now")
    assert task["owner"] is None
    assert await told(rig) == {mate.id}


async def test_without_a_team_the_supervisors_are_told(
    rig: Rig, supervisor: Person, open_: Opener
) -> None:
    leaver = await person(rig, "leaver")
    await supervisor.move(await open_(assignee_id=str(leaver.id)), "resolved", "closed")
    await leaves(await rig.staff("admin"), leaver.id)
    (task,) = await listed(supervisor)
    await sweep(rig, datetime.fromisoformat(task["not_before"]) + SECOND)
    assert await told(rig) == {supervisor.id}
