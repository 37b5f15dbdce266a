"""Links, parents and merging."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support import files
from tests.support.rig import Rig
from tests.support.ticketing import Opener, Person


async def test_a_link_is_seen_from_both_ends(agent: Person, open_: Opener) -> None:
    one, two = await open_(), await open_(title="另一件")
    linked = await agent.do(
        f"/{one['number']}/links", {"other": two["number"], "kind": "duplicates"}
    )
    assert linked["links"] == [
        {"number": two["number"], "title": "另一件", "state": "open", "kind": "duplicates"}
    ]
    assert (await agent.get(f"/{two['number']}"))["links"][0]["kind"] == "duplicated_by"
    back = {"other": one["number"], "kind": "caused_by"}
    await agent.do(f"/{two['number']}/links", back)
    assert (await agent.get(f"/{one['number']}"))["links"][0]["kind"] == "causes"
    itself = {"other": one["number"]}
    assert await agent.refused(f"/{one['number']}/links", itself) == (409, "ticket_cycle")
    path = f"/{one['number']}/links/{two['number']}"
    assert (await agent.do(path, method="DELETE"))["links"] == []
    assert await agent.refused(path, method="DELETE") == (404, "not_found")


async def test_no_ticket_is_its_own_ancestor(agent: Person, open_: Opener) -> None:
    one, two, three = await open_(), await open_(), await open_()
    await agent.do(f"/{two['number']}/parent", {"number": one["number"]})
    below = await agent.do(f"/{three['number']}/parent", {"number": two["number"]})
    assert below["parent"]["number"] == two["number"]
    for number in (one["number"], three["number"]):
        path, body = f"/{one['number']}/parent", {"number": number}
        assert await agent.refused(path, body) == (409, "ticket_cycle")
    assert [each["number"] for each in (await agent.get(f"/{one['number']}"))["children"]] == [
        two["number"]
    ]
    alone = await agent.do(f"/{two['number']}/parent", {"number": None})
    assert alone["parent"] is None
    history = (await agent.get(f"/{two['number']}/history"))["items"]
    changed = [each["data"] for each in history if each["data"].get("field") == "parent_id"]
    assert changed == [
        {"field": "parent_id", "before": None, "after": one["number"]},
        {"field": "parent_id", "before": one["number"], "after": None},
    ]


async def test_parents_set_from_both_sides_at_once_are_no_cycle(
    agent: Person, open_: Opener
) -> None:
    one, two = await open_(), await open_()
    answers = await asyncio.gather(
        agent.http.post(f"/api/v1/tickets/{one['number']}/parent", json={"number": two["number"]}),
        agent.http.post(f"/api/v1/tickets/{two['number']}/parent", json={"number": one["number"]}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.fixture
async def pair(agent: Person, open_: Opener) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two tickets of one customer; the first has everything that moves."""
    source = await open_(title="空调不制冷")
    target = await open_(customer_id=source["customer"]["id"], title="空调还是不制冷")
    child = await open_()
    number = source["number"]
    await agent.do(f"/{number}/notes", {"text": "已联系", "public": True})
    await agent.do(f"/{number}/checklist", {"text": "派师傅"})
    await agent.do(f"/{number}/watch")
    await agent.do(f"/{child['number']}/parent", {"number": number})
    await agent.http.post(
        f"/api/v1/tickets/{number}/attachments", files={"file": ("照片.png", files.PNG)}
    )
    return await agent.get(f"/{number}"), await agent.get(f"/{target['number']}")


_MOVING = ("notes", "checklist", "watchers", "children", "attachments")


async def test_a_merge_moves_everything_and_its_undoing_moves_exactly_that_back(
    rig: Rig, agent: Person, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    source, target = pair
    number, into = source["number"], target["number"]
    await agent.do(f"/{into}/notes", {"text": "原来就有"})
    merged = await agent.do(f"/{number}/merge", {"into": into, "reason": "同一件事"})
    assert (merged["number"], merged["merged"]) == (into, [number])
    assert len(merged["notes"]) == 2
    assert {name: len(merged[name]) for name in _MOVING[1:]} == dict.fromkeys(_MOVING[1:], 1)
    left = await agent.get(f"/{number}")
    assert (left["state"], left["merged_into"], left["allowed_states"]) == ("closed", into, [])
    assert {name: left[name] for name in ("notes", "checklist", "children")} == {
        "notes": [],
        "checklist": [],
        "children": [],
    }
    refused = await agent.refused(f"/{number}/notes", {"text": "再记"})
    assert refused == (409, "ticket_merged")

    await agent.do(f"/{into}/notes", {"text": "合并之后"})
    assert left["deadline"] is None
    back = await agent.do(f"/{number}/unmerge")
    assert back["deadline"]["kind"] == "ticket_resolution"
    assert (back["state"], back["merged_into"]) == (source["state"], None)
    assert {name: back[name] for name in _MOVING} == {name: source[name] for name in _MOVING}
    kept = await agent.get(f"/{into}")
    assert [note["text"] for note in kept["notes"]] == ["原来就有", "合并之后"]
    assert (kept["merged"], kept["watchers"], kept["children"]) == ([], [], [])
    assert await agent.refused(f"/{number}/unmerge") == (409, "not_merged")
    acts = await rig.rows("SELECT action FROM audit_record WHERE action LIKE '%merge' ORDER BY seq")
    assert [row.action for row in acts] == ["merge", "unmerge"]


async def test_what_cannot_be_one_is_not_merged(
    agent: Person, open_: Opener, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    source, target = pair
    number, into = source["number"], target["number"]
    stranger = await open_()
    closed = await open_(customer_id=source["customer"]["id"])
    await agent.move(closed, "resolved", "closed")
    child = await open_(customer_id=source["customer"]["id"])
    await agent.do(f"/{child['number']}/parent", {"number": number})
    for other, reason in (
        (number, "itself"),
        (stranger["number"], "other_customer"),
        (closed["number"], "closed"),
        (child["number"], "own_child"),
    ):
        body = {"into": other, "reason": "同一件事"}
        answer = await agent.http.post(f"/api/v1/tickets/{number}/merge", json=body)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (409, "merge_not_possible")
        assert error["details"] == {"reason": reason}
    await agent.do(f"/{number}/merge", {"into": into, "reason": "同一件事"})
    third = await open_(customer_id=source["customer"]["id"])
    body = {"into": number, "reason": "同一件事"}
    assert await agent.refused(f"/{third['number']}/merge", body) == (409, "merge_not_possible")
    await agent.do(f"/{into}/merge", {"into": third["number"], "reason": "同一件事"})
    assert await agent.refused(f"/{number}/unmerge") == (409, "conflict")
    await agent.do(f"/{into}/unmerge")
    assert (await agent.do(f"/{number}/unmerge"))["number"] == number


async def test_the_ticket_that_goes_on_is_no_less_urgent(
    rig: Rig, agent: Person, supervisor: Person, open_: Opener
) -> None:
    urgent = await open_(priority="P1")
    calm = await open_(customer_id=urgent["customer"]["id"], priority="P4")
    body = {"into": calm["number"], "reason": "同一件事"}
    merged = await agent.do(f"/{urgent['number']}/merge", body)
    assert (merged["priority"], merged["deadline"]["kind"]) == ("P1", "ticket_first_response")
    assert merged["first_response_due_at"] < calm["first_response_due_at"]
    await agent.do(f"/{urgent['number']}/unmerge")
    assert (await agent.get(f"/{calm['number']}"))["priority"] == "P1", "no agent lowers P1"
    await agent.do(f"/{urgent['number']}/merge", body)
    await agent.do(f"/{urgent['number']}/unmerge")
    noted = await rig.rows("SELECT data FROM audit_record WHERE action = 'priority_changed'")
    assert [(row.data["from"], row.data["to"]) for row in noted] == [("P4", "P1")]


async def test_undoing_a_merge_gives_the_other_ticket_its_priority_back(
    agent: Person, supervisor: Person, open_: Opener
) -> None:
    for by, before, raised in ((agent, "P4", "P2"), (supervisor, "P3", "P1")):
        source = await open_(priority=raised)
        target = await open_(customer_id=source["customer"]["id"], priority=before)
        body = {"into": target["number"], "reason": "同一件事"}
        assert (await by.do(f"/{source['number']}/merge", body))["priority"] == raised
        await by.do(f"/{source['number']}/unmerge")
        again = await by.get(f"/{target['number']}")
        assert again["priority"] == before
        assert again["first_response_due_at"] == target["first_response_due_at"]


async def test_a_complaint_goes_on_and_takes_in_what_belongs_to_it(
    agent: Person, open_: Opener
) -> None:
    complaint = await open_(kind="complaint")
    other = await open_(customer_id=complaint["customer"]["id"])
    body = {"into": other["number"], "reason": "同一件事"}
    answer = await agent.http.post(f"/api/v1/tickets/{complaint['number']}/merge", json=body)
    assert answer.status_code == 409
    assert answer.json()["error"]["details"] == {"reason": "complaint"}
    body = {"into": complaint["number"], "reason": "同一件事"}
    merged = await agent.do(f"/{other['number']}/merge", body)
    assert merged["nature"]["key"] == "complaint"
    assert "complaint_accept" in {each["kind"] for each in merged["deadlines"]}
