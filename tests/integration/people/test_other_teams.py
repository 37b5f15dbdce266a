"""What other teams have is not there for an agent, in the customer's record and in packets."""

from __future__ import annotations

from tests.support.customers import customer_of, show
from tests.support.desk_work import agent_of, ok, path_of, taken_by
from tests.support.rig import Rig
from tests.support.ticketing import person, team


async def test_an_agent_sees_no_conversation_of_another_team(rig: Rig) -> None:
    ours, _ = await agent_of(rig, "小雨", "华东")
    theirs, _ = await agent_of(rig, "小雪", "华北")
    visitor = await taken_by(rig, theirs)
    customer = await customer_of(rig, visitor.conversation_id)
    shown = await show(ours, customer)
    assert (shown["conversations"], shown["conversation_count"]) == ([], 1)
    for allowed in (theirs, await rig.staff("supervisor")):
        found = (await show(allowed, customer))["conversations"]
        assert [each["id"] for each in found] == [str(visitor.conversation_id)]


async def test_a_packet_names_no_ticket_of_another_team(rig: Rig) -> None:
    first, _ = await agent_of(rig, "小雨", "华东")
    supervisor, other = await rig.staff("supervisor"), await team(rig, "华北")
    worker = await person(rig, "小雪", other)
    visitor = await taken_by(rig, first)
    body = {"title": "张经理的私人电话"}
    ticket = await ok(first.post(path_of(visitor, "/to-ticket"), json=body), 201)
    change = {"version": ticket["version"], "assignee_id": str(worker.id)}
    await ok(supervisor.patch(f"/api/v1/tickets/{ticket['number']}", json=change))
    await ok(first.post(path_of(visitor, "/return-to-bot"), json={}))
    path, query = "/api/v1/handoffs", {"conversation_id": str(visitor.conversation_id)}
    seen = await ok(first.get(path, params=query))
    assert "张经理" not in str(seen)
    assert all(not hop["packet"]["customer"]["open_tickets"] for hop in seen["items"])
    assert all(not line["ticket"] for hop in seen["items"] for line in hop["packet"]["deadlines"])
    led = (await ok(supervisor.get(path, params=query)))["items"][-1]["packet"]
    assert [each["number"] for each in led["customer"]["open_tickets"]] == [ticket["number"]]
    assert led["deadlines"]
