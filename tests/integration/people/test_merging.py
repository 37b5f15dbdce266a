"""Two records of one person: merged with proof only, and taken apart again as they were."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api.tickets.status_links import status_key
from tests.support.audit import recorded
from tests.support.customers import CUSTOMERS, change, code, customer_of, show
from tests.support.rig import Rig, Visitor
from tests.support.shop import ARRIVED, ON_ITS_WAY, Shopper

PHONE = "13800001111"
OWNED = ("conversation", "ticket", "customer_identity", "customer_note", "visitor_session")


@dataclass(frozen=True)
class Person:
    """A customer with a conversation."""

    rig: Rig
    visitor: Visitor
    id: str

    async def prove(self, order: tuple[str, str]) -> None:
        """Prove to be the shop's customer of that order."""
        await Shopper(await self.rig.gateway(), self.visitor.conversation_id).prove(order)

    async def ticket(self) -> None:
        """Have a ticket."""
        sent = await self.visitor.say("冰箱不制冷")
        body = {
            "conversation_id": str(self.visitor.conversation_id),
            "message_id": sent["id"],
            "kind": "repair",
            "description": "冰箱不制冷",
            "order_number": None,
            "contact": None,
        }
        answer = await (await self.rig.gateway()).post("/internal/v1/tickets", json=body)
        assert answer.status_code == 200, answer.text


async def person(rig: Rig, name: str) -> Person:
    visitor = await rig.visitor(name)
    return Person(rig, visitor, await customer_of(rig, visitor.conversation_id))


@pytest.fixture
async def agent(rig: Rig) -> httpx.AsyncClient:
    return await rig.staff("agent")


async def merge(
    http: httpx.AsyncClient, target: str, source: str, proof: str = "shop_customer"
) -> httpx.Response:
    body = {"source_id": source, "proof": proof, "reason": "同一位客户的两个会话"}
    return await http.post(f"{CUSTOMERS}/{target}/merge", json=body)


async def undo(http: httpx.AsyncClient, merge_id: str) -> httpx.Response:
    return await http.post(f"{CUSTOMERS}/merges/{merge_id}/undo")


async def owners(rig: Rig) -> dict[str, Any]:
    """Who has what, in every table that a merge touches."""
    found = {}
    for table in OWNED:
        rows = await rig.rows(f"SELECT t.customer_id, t::text AS line FROM {table} t")
        found[table] = sorted((str(row.customer_id), row.line.split(",")[0]) for row in rows)
    return found


async def same_person(rig: Rig, *names: str) -> list[Person]:
    """Customers who have all proved to be the same one of the shop."""
    people = [await person(rig, name) for name in names]
    for each in people:
        await each.prove(ON_ITS_WAY)
    return people


async def test_without_proof_nothing_is_merged(rig: Rig, agent: httpx.AsyncClient) -> None:
    one, other = await person(rig, "周女士"), await person(rig, "周女士")
    for proof in ("shop_customer", "phone"):
        assert code(await merge(agent, one.id, other.id, proof)) == (409, "proof_missing")
    await one.prove(ON_ITS_WAY)
    await other.prove(ARRIVED)
    for proof in ("shop_customer", "phone"):
        assert code(await merge(agent, one.id, other.id, proof)) == (409, "proof_missing")
    assert await rig.scalar("SELECT count(*) FROM customer_merge") == 0
    assert await recorded(rig, "merge") == []


async def test_the_same_shop_customer_is_one_customer(rig: Rig, agent: httpx.AsyncClient) -> None:
    target, source = await same_person(rig, "周女士", "访客")
    await source.ticket()
    await agent.post(f"{CUSTOMERS}/{source.id}/notes", json={"text": "只接微信"})
    merged = await merge(agent, target.id, source.id)
    assert merged.status_code == 200, merged.text
    shown = merged.json()
    assert (shown["id"], shown["display_name"]) == (target.id, "周女士")
    assert (shown["conversation_count"], shown["open_tickets"]) == (2, 1)
    assert [note["text"] for note in shown["notes"]] == ["只接微信"]
    assert [each["id"] for each in shown["merged"]] == [source.id]
    assert (await show(agent, source.id)) == (await show(agent, target.id))
    found = (await agent.get(CUSTOMERS)).json()["items"]
    assert [each["id"] for each in found] == [target.id]
    (line,) = await recorded(rig, "merge")
    assert (line.subject_id, line.data["into"]) == (source.id, target.id)


async def test_the_visitor_goes_on_in_the_merged_record(rig: Rig, agent: httpx.AsyncClient) -> None:
    target, source = await same_person(rig, "周女士", "访客")
    await merge(agent, target.id, source.id)
    await source.visitor.say("我还在")
    conversation = await agent.get(f"/api/v1/conversations/{source.visitor.conversation_id}")
    assert conversation.json()["customer"]["id"] == target.id


async def test_the_same_phone_needs_two_who_are_verified(
    rig: Rig, agent: httpx.AsyncClient
) -> None:
    one, other = await person(rig, "周女士"), await person(rig, "访客")
    await change(agent, one.id, phone=PHONE)
    await change(agent, other.id, phone="13800002222")
    await one.prove(ON_ITS_WAY)
    assert code(await merge(agent, one.id, other.id, "phone")) == (409, "proof_missing")
    await change(agent, other.id, phone=PHONE)
    assert code(await merge(agent, one.id, other.id, "phone")) == (409, "proof_missing")
    await other.prove(ARRIVED)
    assert (await merge(agent, one.id, other.id, "phone")).status_code == 200


async def test_the_same_phone_of_two_unverified_ones_proves_nothing(
    rig: Rig, agent: httpx.AsyncClient
) -> None:
    one, other = await person(rig, "周女士"), await person(rig, "访客")
    for each in (one, other):
        await change(agent, each.id, phone=PHONE)
    assert code(await merge(agent, one.id, other.id, "phone")) == (409, "proof_missing")


async def test_undoing_puts_back_exactly_what_moved(rig: Rig, agent: httpx.AsyncClient) -> None:
    target, source = await same_person(rig, "周女士", "访客")
    await target.ticket()
    await source.ticket()
    for each in (target, source):
        await agent.post(f"{CUSTOMERS}/{each.id}/notes", json={"text": "备注"})
    before = await owners(rig)
    merge_id = (await merge(agent, target.id, source.id)).json()["merged"][0]["merge_id"]
    assert {owner for rows in (await owners(rig)).values() for owner, _ in rows} == {target.id}
    undone = await undo(agent, merge_id)
    assert undone.status_code == 200, undone.text
    assert (undone.json()["id"], undone.json()["display_name"]) == (source.id, "访客")
    assert await owners(rig) == before
    assert (await show(agent, target.id))["merged"] == []
    assert code(await undo(agent, merge_id)) == (404, "not_found")
    (line,) = await recorded(rig, "unmerge")
    assert (line.subject_id, line.data["from"]) == (source.id, target.id)


async def test_what_came_after_the_merge_stays_when_it_is_undone(
    rig: Rig, agent: httpx.AsyncClient
) -> None:
    target, source = await same_person(rig, "周女士", "访客")
    merge_id = (await merge(agent, target.id, source.id)).json()["merged"][0]["merge_id"]
    await agent.post(f"{CUSTOMERS}/{source.id}/notes", json={"text": "之后写的"})
    await undo(agent, merge_id)
    assert [note["text"] for note in (await show(agent, target.id))["notes"]] == ["之后写的"]
    assert (await show(agent, source.id))["notes"] == []


async def test_nobody_is_merged_with_themselves_or_twice(
    rig: Rig, agent: httpx.AsyncClient
) -> None:
    first, second, third = await same_person(rig, "甲", "乙", "丙")
    refused = (409, "customers_not_mergeable")
    assert code(await merge(agent, first.id, first.id)) == refused
    await merge(agent, first.id, second.id)
    assert code(await merge(agent, second.id, first.id)) == refused
    assert code(await merge(agent, third.id, second.id)) == refused
    assert code(await merge(agent, second.id, third.id)) == refused


async def test_a_chain_is_shown_as_its_end_and_undone_from_its_end(
    rig: Rig, agent: httpx.AsyncClient
) -> None:
    first, second, third = await same_person(rig, "甲", "乙", "丙")
    before = await owners(rig)
    inner = (await merge(agent, second.id, first.id)).json()["merged"][0]["merge_id"]
    outer = (await merge(agent, third.id, second.id)).json()["merged"][0]["merge_id"]
    assert (await show(agent, first.id))["id"] == third.id
    assert code(await undo(agent, inner)) == (409, "customers_not_mergeable")
    assert (await undo(agent, outer)).status_code == 200
    assert (await undo(agent, inner)).status_code == 200
    assert await owners(rig) == before


async def test_two_merges_at_once_never_make_a_circle(rig: Rig, agent: httpx.AsyncClient) -> None:
    first, second = await same_person(rig, "甲", "乙")
    answers = await asyncio.gather(
        merge(agent, first.id, second.id), merge(agent, second.id, first.id)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await rig.scalar("SELECT count(*) FROM customer WHERE merged_into_id IS NULL") == 1


async def test_tickets_merged_across_are_taken_apart_before_the_customers_are(
    rig: Rig, agent: httpx.AsyncClient
) -> None:
    """Or the link that one customer was sent would show the ticket of the other."""
    target, source = await same_person(rig, "周女士", "访客")
    for each in (target, source):
        await each.ticket()
    merge_id = (await merge(agent, target.id, source.id)).json()["merged"][0]["merge_id"]
    rows = await rig.rows("SELECT number FROM ticket ORDER BY number")
    kept, gone = [row.number for row in rows]
    path = f"/api/v1/tickets/{gone}"
    await agent.post(f"{path}/merge", json={"into": kept, "reason": "同一件事"})
    answer = await undo(agent, merge_id)
    assert code(answer) == (409, "customers_not_mergeable")
    assert answer.json()["error"]["details"] == {"reason": "tickets_merged", "tickets": [gone]}
    assert (await agent.post(f"{path}/unmerge")).status_code == 200
    assert (await undo(agent, merge_id)).status_code == 200


async def test_a_link_never_leads_to_the_ticket_of_another_customer(
    rig: Rig, agent: httpx.AsyncClient
) -> None:
    """Customers that were taken apart before their tickets had to be."""
    target, source = await same_person(rig, "周女士", "访客")
    for each in (target, source):
        await each.ticket()
    await merge(agent, target.id, source.id)
    rows = await rig.rows("SELECT id, number FROM ticket ORDER BY number")
    kept, gone = rows
    link = {"key": status_key(rig.desk.settings, gone.id)}
    path = f"/api/v1/visitor/tickets/{gone.number}"
    await agent.post(
        f"/api/v1/tickets/{gone.number}/merge", json={"into": kept.number, "reason": "同一件事"}
    )
    assert (await source.visitor.http.get(path, params=link)).json()["number"] == kept.number
    await rig.rows(
        "UPDATE ticket SET customer_id = :source WHERE number = :gone RETURNING 1",
        source=source.id,
        gone=gone.number,
    )
    shown = (await source.visitor.http.get(path, params=link)).json()
    assert (shown["number"], shown["state"]) == (gone.number, "closed")
    refused = await source.visitor.http.post(f"{path}/answers", params=link, json={"text": "好"})
    assert code(refused) == (409, "ticket_closed")
