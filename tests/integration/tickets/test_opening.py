"""Tickets are opened by staff, from conversations and from the queue."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from api.conversations import repository
from api.tickets import service
from tests.support.desk_work import ok, taken_by
from tests.support.labelling import LabelledByText, labels_of
from tests.support.rig import Rig
from tests.support.routing import change
from tests.support.ticketing import Opener, Person

LOST = {"包裹丢了": labels_of(category="logistics", nature="complaint", impact=3, urgency=3)}


async def test_a_ticket_for_somebody_new_has_labels_promises_and_a_history(
    agent: Person, open_: Opener
) -> None:
    ticket = await open_(
        description="空调不制冷\n已经三天", contact="19900004444", tags=["急", "急"]
    )
    assert ticket["title"] == "空调不制冷"
    assert ticket["customer"]["display_name"] == "周女士"
    assert (ticket["state"], ticket["priority"], ticket["source"]) == ("open", "P4", "form")
    assert (ticket["category"]["key"], ticket["nature"]["key"]) == ("other", "help")
    assert ticket["contact_masked"] == "199****4444"
    assert "19900004444" not in str(ticket)
    assert ticket["tags"] == ["急"]
    assert ticket["allowed_states"] == ["pending_customer", "pending_third_party", "resolved"]
    first, solved = ticket["deadlines"]
    assert (first["kind"], solved["kind"]) == ("ticket_first_response", "ticket_resolution")
    assert datetime.fromisoformat(first["due_at"]) <= datetime.fromisoformat(solved["due_at"])
    assert ticket["deadline"]["kind"] == "ticket_first_response"
    history = (await agent.get(f"/{ticket['number']}/history"))["items"]
    assert [(each["kind"], each["author"]["id"]) for each in history] == [
        ("created", str(agent.id))
    ]


async def test_the_same_client_id_opens_one_ticket(open_: Opener, rig: Rig) -> None:
    opened = await asyncio.gather(*(open_(client_id="c1") for _ in range(4)))
    assert len({each["number"] for each in opened}) == 1
    assert await rig.scalar("SELECT count(*) FROM ticket") == 1


async def test_a_ticket_of_a_conversation_carries_what_the_customer_said(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    visitor = await rig.visitor("小李")
    await visitor.say("包裹丢了")
    await rig.run_turns(labeller=LabelledByText(LOST))
    ticket = await open_(conversation_id=str(visitor.conversation_id))
    assert (ticket["source"], ticket["category"]["key"]) == ("conversation", "logistics")
    assert (ticket["nature"]["key"], ticket["priority"]) == ("complaint", "P2")
    assert ticket["labels"]["category"]["evidence"] == ["包裹"]
    assert [step["step"] for step in ticket["complaint_steps"]] == [
        *("accept", "investigate", "resolve", "feedback")
    ]
    shown = await agent.get("", conversation_id=str(visitor.conversation_id))
    assert [each["number"] for each in shown["items"]] == [ticket["number"]]


async def test_a_ticket_of_an_urgent_conversation_is_no_less_urgent(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    visitor = await rig.visitor()
    await visitor.say("热水器漏电")
    await rig.run_turns(labeller=LabelledByText({"热水器漏电": labels_of(impact=4, urgency=4)}))
    of_it = {"conversation_id": str(visitor.conversation_id)}
    assert (await open_(**of_it))["priority"] == "P1"
    for less in ({"priority": "P3"}, {"impact": 1, "urgency": 1}):
        body = {"kind": "request", "description": "漏电", **of_it, **less}
        assert await agent.refused("", body) == (403, "priority_protected")
    assert await rig.scalar("SELECT count(*) FROM ticket") == 1
    assert (await open_(by=supervisor, priority="P3", **of_it))["priority"] == "P3"


async def test_of_what_another_agent_has_only_supervisors_open_tickets(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    other = await rig.colleague("小雨")
    visitor = await taken_by(rig, other)
    of_it = str(visitor.conversation_id)
    body = {"kind": "request", "description": "漏水", "conversation_id": of_it}
    assert await agent.refused("", body) == (409, "not_owner")
    assert await rig.scalar("SELECT count(*) FROM ticket") == 0
    await ok(other.post("/api/v1/tickets", json=body), 201)
    await open_(by=supervisor, conversation_id=of_it)


async def test_a_ticket_for_who_was_merged_twice_is_the_last_ones(rig: Rig, open_: Opener) -> None:
    one, other, last = [(await open_())["customer"]["id"] for _ in range(3)]
    for source, target in ((one, other), (other, last)):
        merge = "UPDATE customer SET merged_into_id = %s WHERE id = %s"
        await change(rig, merge, UUID(target), UUID(source))
    assert (await open_(customer_id=one))["customer"]["id"] == last


BAD: list[tuple[dict[str, Any], int, str]] = [
    ({"customer_id": str(uuid4())}, 404, "not_found"),
    ({"conversation_id": str(uuid4())}, 404, "not_found"),
    ({"assignee_id": str(uuid4())}, 422, "unknown_staff"),
    ({"team_id": str(uuid4())}, 404, "not_found"),
    ({"customer": None}, 422, "validation_failed"),
    ({"description": " \u200b\n"}, 422, "validation_failed"),
    ({"description": "长" * 4001}, 422, "validation_failed"),
    ({"nature": "anger"}, 422, "validation_failed"),
    ({"impact": 5}, 422, "validation_failed"),
    ({"priority": "P0"}, 422, "validation_failed"),
    ({"kind": "order"}, 422, "validation_failed"),
    ({"tags": ["a"] * 21}, 422, "validation_failed"),
]


async def test_a_bad_ticket_is_refused_and_nothing_is_kept(rig: Rig, agent: Person) -> None:
    before = await rig.scalar("SELECT count(*) FROM customer")
    for changes, status, code in BAD:
        body: dict[str, Any] = {"customer": {"display_name": "周女士"}}
        body |= {"kind": "request", "description": "空调", **changes}
        if "customer_id" in changes or "conversation_id" in changes:
            del body["customer"]
        assert await agent.refused("", body) == (status, code), changes
    assert await rig.scalar("SELECT count(*) FROM ticket") == 0
    assert await rig.scalar("SELECT count(*) FROM customer") == before


async def test_scripts_are_kept_as_text(agent: Person, open_: Opener) -> None:
    text = "<script>alert(1)</script>{{7*7}}"
    ticket = await open_(title=text, description=text)
    assert (ticket["title"], ticket["description"]) == (text, text)
    noted = await agent.do(f"/{ticket['number']}/notes", {"text": text})
    assert noted["notes"][0]["text"] == text


async def test_a_waiting_customer_becomes_one_ticket_a_stay(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    said = await visitor.say("包裹丢了")
    await rig.run_turns(labeller=LabelledByText(LOST))
    await gateway.post(
        "/internal/v1/handoffs",
        json={
            "conversation_id": str(visitor.conversation_id),
            "message_id": said["id"],
            "reason": "customer_asked",
        },
    )
    numbers = [await left_word(rig, visitor.conversation_id) for _ in range(2)]
    assert numbers[0] == numbers[1]
    row = (await rig.rows("SELECT source, description, priority, contact FROM ticket"))[0]
    assert tuple(row) == ("queue", "包裹丢了", "P2", "19900004444")


async def left_word(rig: Rig, conversation_id: UUID) -> str:
    async with rig.database.transaction() as tx:
        conversation = await repository.lock(tx, conversation_id)
        ticket = await service.open_from_queue(
            tx, rig.desk.settings, conversation, None, "19900004444"
        )
        return ticket.number


async def test_a_second_complaint_about_the_same_is_marked_and_raised(
    agent: Person, open_: Opener
) -> None:
    about = {"kind": "complaint", "category": "logistics", "impact": 2, "urgency": 2}
    first = await open_(**about)
    customer = {"customer_id": first["customer"]["id"]}
    second = await open_(**about, **customer)
    other = await open_(**{**about, "category": "refund"}, **customer)
    assert [(each["repeated"], each["priority"]) for each in (first, second, other)] == [
        (False, "P3"),
        (True, "P2"),
        (False, "P3"),
    ]
