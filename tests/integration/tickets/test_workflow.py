"""A ticket goes from state to state, and brings about what belongs to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.support.rig import Rig
from tests.support.ticketing import Opener, Person, person, team


async def test_a_ticket_goes_its_way_to_the_end(rig: Rig, agent: Person, open_: Opener) -> None:
    ticket = await agent.move(await open_(), "pending_customer")
    assert ticket["deadline"]["paused"] is True
    ticket = await agent.move(ticket, "open", "pending_third_party", "resolved")
    assert ticket["result"] == "已退款"
    assert ticket["deadline"] is None
    assert all(each["met_at"] for each in ticket["deadlines"])
    ticket = await agent.move(ticket, "closed")
    assert (ticket["state"], ticket["allowed_states"]) == ("closed", [])
    history = (await agent.get(f"/{ticket['number']}/history"))["items"]
    moves = [(e["data"]["before"], e["data"]["after"]) for e in history if e["kind"] == "state"]
    assert moves == [
        ("open", "pending_customer"),
        ("pending_customer", "open"),
        ("open", "pending_third_party"),
        ("pending_third_party", "resolved"),
        ("resolved", "closed"),
    ]
    assert await rig.scalar("SELECT count(*) FROM audit_record WHERE action = 'ticket_state'") == 5


async def test_moves_outside_the_table_are_refused(agent: Person, open_: Opener) -> None:
    ticket = await open_()
    path = f"/{ticket['number']}/state"
    for state in ("closed", "open", "reopened"):
        body = {"version": ticket["version"], "state": state}
        assert await agent.refused(path, body) == (409, "ticket_move_not_allowed")
    unknown = {"version": ticket["version"], "state": "waiting"}
    assert await agent.refused(path, unknown) == (422, "validation_failed")
    without = {"version": ticket["version"], "state": "resolved"}
    assert await agent.refused(path, without) == (422, "result_required")
    assert (await agent.get(f"/{ticket['number']}"))["version"] == ticket["version"]


async def test_a_closed_ticket_is_followed_up_unless_a_supervisor_reopens_it(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    ticket = await agent.move(await open_(assignee_id=str(agent.id)), "resolved", "closed")
    ((owner, first, last),) = await rig.rows("SELECT owner_id, not_before, due_at FROM follow_up")
    closed = datetime.fromisoformat(ticket["closed_at"])
    assert owner == agent.id
    assert closed + timedelta(days=2) < first < last
    body = {"version": ticket["version"], "state": "reopened"}
    path = f"/{ticket['number']}/state"
    assert await agent.refused(path, body) == (409, "ticket_move_not_allowed")
    again = await supervisor.do(path, body)
    assert (again["state"], again["resolved_at"], again["closed_at"]) == ("reopened", None, None)
    assert await rig.scalar("SELECT count(*) FROM follow_up") == 0


async def test_a_parent_is_closed_after_its_children_unless_forced(
    agent: Person, supervisor: Person, open_: Opener
) -> None:
    parent, child = await open_(), await open_()
    await agent.do(f"/{child['number']}/parent", {"number": parent["number"]})
    parent = await agent.move(parent, "resolved")
    path, body = f"/{parent['number']}/state", {"version": parent["version"], "state": "closed"}
    answer = await agent.http.post("/api/v1/tickets" + path, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "children_open")
    assert answer.json()["error"]["details"] == {"children": [child["number"]]}
    assert await agent.refused(path, {**body, "force": True}) == (409, "children_open")
    assert (await supervisor.do(path, {**body, "force": True}))["state"] == "closed"


async def test_the_steps_of_a_complaint_are_done_in_order_with_a_result(
    agent: Person, open_: Opener
) -> None:
    ticket = await open_(kind="complaint")
    steps = f"/{ticket['number']}/complaint-steps"
    assert await agent.refused(f"{steps}/resolve", {"result": "好"}) == (409, "step_not_allowed")
    assert await agent.refused(f"{steps}/accept", {"result": " "}) == (422, "validation_failed")
    assert await agent.refused(f"{steps}/praise", {"result": "好"}) == (422, "validation_failed")
    for step in ("accept", "investigate", "resolve", "feedback"):
        ticket = await agent.do(f"{steps}/{step}", {"result": f"{step} 完成"})
    assert [each["result"] for each in ticket["complaint_steps"]] == [
        *("accept 完成", "investigate 完成", "resolve 完成", "feedback 完成")
    ]
    assert await agent.refused(f"{steps}/accept", {"result": "好"}) == (409, "step_not_allowed")
    request = await open_()
    path = f"/{request['number']}/complaint-steps/accept"
    assert await agent.refused(path, {"result": "好"}) == (404, "not_found")


async def test_watchers_are_told_of_what_others_do(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    ticket = await open_()
    await supervisor.do(f"/{ticket['number']}/watch")
    ticket = await supervisor.do(f"/{ticket['number']}/watch")
    assert [each["id"] for each in ticket["watchers"]] == [str(supervisor.id)]
    ticket = await agent.move(ticket, "pending_customer")
    await supervisor.move(ticket, "open")
    query = "SELECT staff_id FROM notification WHERE kind = 'watched_changed'"
    assert [row.staff_id for row in await rig.rows(query)] == [supervisor.id]
    assert (await supervisor.get("", view="watching"))["counts"]["watching"] == 1
    assert (await supervisor.do(f"/{ticket['number']}/unwatch"))["watchers"] == []


async def test_a_note_calls_people_and_an_answer_reaches_the_customer(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    visitor = await rig.visitor()
    ticket = await open_(conversation_id=str(visitor.conversation_id))
    notes = f"/{ticket['number']}/notes"
    noted = await agent.do(notes, {"text": "请看", "mentions": [str(supervisor.id)] * 2})
    assert noted["first_response_at"] is None
    assert noted["notes"][0]["mentions"] == [str(supervisor.id)]
    kinds = await rig.rows("SELECT staff_id, kind FROM notification")
    assert [tuple(row) for row in kinds] == [(supervisor.id, "mentioned")]
    (opened,) = await visitor.texts("system")
    assert ticket["status_url"] in opened
    answered = await agent.do(notes, {"text": "师傅明天上门", "public": True})
    assert answered["first_response_at"]
    _, told = await visitor.texts("system")
    assert "师傅明天上门" in told
    assert answered["status_url"] in told


async def test_who_may_not_see_the_ticket_is_not_called(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    ours, theirs = await team(rig, "一组"), await team(rig, "二组")
    one, two = await person(rig, "one", ours), await person(rig, "two", theirs)
    ticket = await open_(one, team_id=str(ours))
    body = {"text": "请看", "mentions": [str(two.id)]}
    assert await one.refused(f"/{ticket['number']}/notes", body) == (422, "unknown_staff")
    assert await rig.scalar("SELECT count(*) FROM ticket_note") == 0


async def test_a_checklist_is_written_done_and_cleared(agent: Person, open_: Opener) -> None:
    ticket, other = await open_(), await open_()
    items = f"/{ticket['number']}/checklist"
    await agent.do(items, {"text": "联系仓库"})
    listed = (await agent.do(items, {"text": "退款"}))["checklist"]
    assert [each["text"] for each in listed] == ["联系仓库", "退款"]
    first = f"{items}/{listed[0]['id']}"
    done = (await agent.do(first, {"done": True}, "PATCH"))["checklist"][0]
    assert done["done_by"]["id"] == str(agent.id)
    changed = (await agent.do(first, {"done": False, "text": "再问仓库"}, "PATCH"))["checklist"][0]
    assert (changed["done_at"], changed["text"]) == (None, "再问仓库")
    elsewhere = f"/{other['number']}/checklist/{listed[0]['id']}"
    assert await agent.refused(elsewhere, method="DELETE") == (404, "not_found")
    assert len((await agent.do(first, method="DELETE"))["checklist"]) == 1


async def test_clocks_stand_still_only_while_the_customer_is_waited_for(
    agent: Person, supervisor: Person, open_: Opener
) -> None:
    ticket = await open_(impact=4, urgency=4)
    due = {each["kind"]: each["due_at"] for each in ticket["deadlines"]}
    assert due["ticket_resolution"] == ticket["resolution_due_at"]
    waiting = await agent.move(ticket, "pending_customer")
    assert [(each["paused"], each["due_at"]) for each in waiting["deadlines"]] == [(True, None)] * 2
    goes_on = await agent.move(waiting, "open")
    assert goes_on["resolution_due_at"] > due["ticket_resolution"]
    lower = await supervisor.change(goes_on, priority="P3")
    assert {each["priority"] for each in lower["deadlines"]} == {"P3"}
    assert lower["resolution_due_at"] > goes_on["resolution_due_at"]
    done = await agent.move(lower, "resolved")
    assert all(each["met_at"] for each in done["deadlines"])
    again = await agent.move(done, "reopened")
    running = [each["kind"] for each in again["deadlines"] if each["met_at"] is None]
    assert running == ["ticket_resolution"]


async def test_a_complaint_has_clocks_of_its_own_and_a_repeated_one_an_alert(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    first = await open_(kind="complaint")
    second = await open_(kind="complaint", customer_id=first["customer"]["id"])
    alerts = "SELECT subject_id FROM alert WHERE kind = 'repeated_complaint' AND ended_at IS NULL"
    number = second["number"]
    assert await rig.scalar("SELECT number FROM ticket WHERE id IN (" + alerts + ")") == number
    unanswered = """SELECT count(*) FROM deadline JOIN ticket ON ticket.id = subject_id
        WHERE number = :number AND deadline.kind LIKE 'complaint%'
        AND met_at IS NULL AND cancelled_at IS NULL"""
    assert await rig.scalar(unanswered, number=number) == 5
    done = await agent.do(f"/{number}/complaint-steps/accept", {"result": "已联系客户"})
    assert await rig.scalar(unanswered, number=number) == 3
    calmed = await agent.change(done, nature="help")
    assert (calmed["repeated"], await rig.scalar(unanswered, number=number)) == (False, 0)
    assert await rig.rows(alerts) == []
