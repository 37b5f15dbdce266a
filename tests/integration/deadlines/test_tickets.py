"""The clocks of tickets: promises, pauses, the steps of complaints."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.support.rig import Rig
from tests.support.ticketing import Opener, Person
from tests.support.timing import MINUTE, SECOND, alerts, clock, sweep

COMPLAINT = {"kind": "complaint", "category": "service"}
STEPS = ("accept", "investigate", "resolve", "feedback")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def subject(rig: Rig, ticket: dict[str, Any]) -> UUID:
    found: UUID = await rig.scalar(
        "SELECT id FROM ticket WHERE number = :number", number=ticket["number"]
    )
    return found


def kinds(ticket: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["kind"]: each for each in ticket["deadlines"]}


async def test_a_new_ticket_promises_by_its_priority(open_: Opener) -> None:
    ticket = await open_(priority="P2")
    opened = moment(ticket["created_at"])
    assert moment(ticket["first_response_due_at"]) == opened + 15 * MINUTE
    assert moment(ticket["resolution_due_at"]) == opened + timedelta(hours=24)
    assert ticket["deadline"]["kind"] == "ticket_first_response"


async def test_the_clocks_stand_still_only_while_the_customer_is_waited_for(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    ticket = await agent.move(await open_(priority="P2"), "pending_third_party")
    assert ticket["deadline"]["paused"] is False
    promised = ticket["resolution_due_at"]
    ticket = await agent.move(ticket, "open", "pending_customer")
    assert [each["paused"] for each in ticket["deadlines"]] == [True, True]
    assert ticket["resolution_due_at"] == promised
    await sweep(rig, moment(promised) + timedelta(days=5))
    ticket = await agent.move(ticket, "open")
    assert ticket["deadline"]["breached"] is False
    assert moment(ticket["resolution_due_at"]) >= moment(promised)


async def test_an_answer_to_the_customer_meets_the_first_response(
    agent: Person, open_: Opener
) -> None:
    ticket = await open_()
    noted = await agent.do(f"/{ticket['number']}/notes", {"text": "先查一下"})
    assert kinds(noted)["ticket_first_response"]["met_at"] is None
    answered = await agent.do(
        f"/{ticket['number']}/notes", {"text": "师傅明天上门", "public": True}
    )
    assert kinds(answered)["ticket_first_response"]["met_at"]
    assert answered["deadline"]["kind"] == "ticket_resolution"


async def test_another_priority_aims_both_clocks_anew(
    rig: Rig, supervisor: Person, open_: Opener
) -> None:
    ticket = await open_(priority="P4")
    changed = await supervisor.change(ticket, priority="P1")
    opened = moment(ticket["created_at"])
    assert moment(changed["first_response_due_at"]) - opened < 16 * MINUTE
    assert moment(changed["resolution_due_at"]) - opened < timedelta(hours=4, minutes=1)
    row = await clock(rig, "ticket_resolution", await subject(rig, ticket))
    assert (row.priority, row.clock, row.due_at) == (
        "P1",
        True,
        moment(changed["resolution_due_at"]),
    )


async def test_a_reopened_ticket_goes_on_with_what_was_used(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    ticket = await agent.move(await open_(priority="P3"), "resolved")
    assert ticket["deadline"] is None
    assert all(each["met_at"] for each in ticket["deadlines"])
    ticket = await agent.move(ticket, "reopened")
    assert ticket["deadline"]["kind"] == "ticket_resolution"
    ticket = await agent.move(ticket, "resolved", "closed")
    ticket = await supervisor.move(ticket, "reopened")
    assert ticket["deadline"]["kind"] == "ticket_resolution"
    assert await rig.scalar("SELECT count(*) FROM deadline WHERE kind = 'ticket_resolution'") == 1


async def test_a_ticket_that_is_part_of_another_has_no_clocks_of_its_own(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    one = await open_()
    two = await open_(customer_id=one["customer"]["id"], customer=None)
    await agent.do(f"/{one['number']}/merge", {"into": two["number"], "reason": "同一件事"})
    await sweep(rig, moment(two["resolution_due_at"]) + timedelta(days=1))
    assert {each.data["title"].split()[0] for each in await alerts(rig)} == {two["number"]}
    await agent.do(f"/{one['number']}/unmerge", {})
    again = await agent.get(f"/{one['number']}")
    assert {each["kind"] for each in again["deadlines"]} == {
        *("ticket_first_response", "ticket_resolution")
    }
    assert again["deadline"]["breached"] is False


async def test_the_steps_of_a_complaint_run_at_once_and_are_met_one_by_one(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    ticket = await open_(**COMPLAINT)
    opened = moment(ticket["created_at"])
    running = kinds(ticket)
    assert moment(running["complaint_accept"]["due_at"]) == opened + timedelta(hours=24)
    assert moment(running["complaint_investigate"]["due_at"]) == opened + timedelta(hours=48)
    assert "complaint_unanswered" not in running
    for step in STEPS:
        ticket = await agent.do(f"/{ticket['number']}/complaint-steps/{step}", {"result": "完成"})
        assert kinds(ticket)[f"complaint_{step}"]["met_at"]
    await sweep(rig, opened + timedelta(days=30))
    titles = {each.data["deadline"] for each in await alerts(rig, "sla_breach")}
    assert titles == {"ticket_first_response", "ticket_resolution"}
    assert await alerts(rig, "complaint_unanswered") == []


async def test_a_complaint_nobody_answers_for_a_day_comes_before_management(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    ticket = await open_(**COMPLAINT, assignee_id=str(agent.id))
    opened = moment(ticket["created_at"])
    await sweep(rig, opened + timedelta(hours=24) - SECOND)
    assert await alerts(rig, "complaint_unanswered") == []
    await sweep(rig, opened + timedelta(hours=24) + SECOND)
    (alert,) = await alerts(rig, "complaint_unanswered")
    assert alert.level == "management"
    assert len(alert.told) == 2
    await agent.do(f"/{ticket['number']}/notes", {"text": "已收到您的投诉", "public": True})
    (alert,) = await alerts(rig, "complaint_unanswered")
    assert alert.ended_at is not None


async def test_a_complaint_that_repeats_is_told_until_it_is_closed(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    first = await open_(**COMPLAINT)
    assert await alerts(rig, "repeated_complaint") == []
    again = await open_(**COMPLAINT, customer_id=first["customer"]["id"], customer=None)
    (alert,) = await alerts(rig, "repeated_complaint")
    assert alert.data["title"].startswith(again["number"])
    await agent.move(again, "resolved", "closed")
    (alert,) = await alerts(rig, "repeated_complaint")
    assert alert.ended_at is not None


async def test_clocks_of_what_is_no_complaint_any_more_stay_dead(
    agent: Person, supervisor: Person, open_: Opener
) -> None:
    ticket = await agent.change(await open_(**COMPLAINT), nature="help")
    ticket = await agent.move(ticket, "resolved", "closed")
    ticket = await supervisor.move(ticket, "reopened")
    assert not [kind for kind in kinds(ticket) if kind.startswith("complaint")]
    other = await open_(customer_id=ticket["customer"]["id"], customer=None)
    body = {"into": other["number"], "reason": "同一件事"}
    await agent.do(f"/{ticket['number']}/merge", body)
    ticket = await agent.do(f"/{ticket['number']}/unmerge", {})
    assert set(kinds(ticket)) == {"ticket_first_response", "ticket_resolution"}


async def test_a_complaint_that_is_opened_again_goes_on_with_what_was_not_done(
    agent: Person, supervisor: Person, open_: Opener
) -> None:
    ticket = await open_(**COMPLAINT)
    await agent.do(f"/{ticket['number']}/complaint-steps/accept", {"result": "已受理"})
    ticket = await agent.get(f"/{ticket['number']}")
    ticket = await supervisor.move(ticket, "resolved", "closed", "reopened")
    left = {kind for kind, each in kinds(ticket).items() if each["met_at"] is None}
    assert left == {"ticket_resolution", *(f"complaint_{step}" for step in STEPS[1:])}


async def test_a_closed_ticket_that_was_a_complaint_has_its_clocks_once_it_is_open_again(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    first = await open_(**COMPLAINT)
    ticket = await open_(category="service", customer_id=first["customer"]["id"], customer=None)
    ticket = await agent.move(ticket, "resolved", "closed")
    ticket = await agent.change(ticket, nature="complaint")
    assert (len(ticket["complaint_steps"]), ticket["repeated"]) == (4, True)
    assert not [kind for kind in kinds(ticket) if kind.startswith("complaint")]
    assert await alerts(rig, "repeated_complaint") == []
    ticket = await supervisor.move(ticket, "reopened")
    accept = kinds(ticket)["complaint_accept"]
    assert moment(accept["due_at"]) == moment(ticket["created_at"]) + timedelta(hours=24)


async def test_what_turns_out_to_be_no_complaint_has_no_steps(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    ticket = await open_(**COMPLAINT)
    changed = await agent.change(ticket, nature="help")
    assert not [kind for kind in kinds(changed) if kind.startswith("complaint")]
    await sweep(rig, moment(ticket["created_at"]) + timedelta(days=3))
    assert await alerts(rig, "complaint_unanswered") == []
