"""A customer's record: what is shown, what is sealed, and who has looked at it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.ids import new_id, now
from api.models import EarlierRating
from tests.support.audit import recorded
from tests.support.customers import CUSTOMERS, change, code, customer_of, show
from tests.support.rig import Rig
from tests.support.shop import ON_ITS_WAY, Shopper

PHONE, CARD = "13800001111", "6222021234567890128"


@pytest.fixture
async def agent(rig: Rig) -> httpx.AsyncClient:
    return await rig.staff("agent")


@pytest.fixture
async def customer_id(rig: Rig) -> str:
    return await customer_of(rig, (await rig.visitor("周女士")).conversation_id)


async def test_a_customer_is_shown_with_what_was_before(rig: Rig, agent: httpx.AsyncClient) -> None:
    visitor, gateway = await rig.visitor("周女士"), await rig.gateway()
    sent = await visitor.say("冰箱不制冷")
    opened = await gateway.post(
        "/internal/v1/tickets",
        json={
            "conversation_id": str(visitor.conversation_id),
            "message_id": sent["id"],
            "kind": "repair",
            "description": "冰箱不制冷",
            "order_number": None,
            "contact": PHONE,
        },
    )
    shown = await show(agent, await customer_of(rig, visitor.conversation_id))
    assert (shown["display_name"], shown["tier"], shown["verified_at"]) == (
        "周女士",
        "standard",
        None,
    )
    assert [each["id"] for each in shown["conversations"]] == [str(visitor.conversation_id)]
    assert shown["conversation_count"] == 1
    assert [each["number"] for each in shown["tickets"]] == [opened.json()["number"]]
    assert (shown["open_tickets"], shown["notes"], shown["merged"]) == (1, [], [])
    assert PHONE not in str(shown)


async def test_answers_to_the_surveys_of_earlier_matters_are_shown(
    rig: Rig, agent: httpx.AsyncClient
) -> None:
    visitor = await rig.visitor("周女士")
    async with rig.database.transaction() as tx:
        for days, rating in ((2, 2), (1, 5)):
            tx.add(
                EarlierRating(
                    id=new_id(),
                    conversation_id=visitor.conversation_id,
                    rating=rating,
                    nps=None,
                    comment=f"请回电 {PHONE}",
                    rated_at=now() - timedelta(days=days),
                )
            )
    shown = await show(agent, await customer_of(rig, visitor.conversation_id))
    (past,) = shown["conversations"]
    assert [each["rating"] for each in past["earlier_ratings"]] == [5, 2]
    assert PHONE not in str(shown)


async def test_customers_are_found_by_name_page_by_page(rig: Rig, agent: httpx.AsyncClient) -> None:
    for name in ("周一", "周二", "周三", "王五", "100%"):
        await rig.visitor(name)
    names, cursor = [], None
    for _ in range(2):
        wanted = {"q": "周", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await agent.get(CUSTOMERS, params=wanted)).json()
        names += [each["display_name"] for each in page["items"]]
        cursor = page["next"]
    assert (names, cursor) == (["周三", "周二", "周一"], None)
    (found,) = (await agent.get(CUSTOMERS, params={"q": "%"})).json()["items"]
    assert found["display_name"] == "100%"


async def test_personal_data_is_sealed_and_shown_masked(
    rig: Rig, agent: httpx.AsyncClient, customer_id: str
) -> None:
    answer = await change(
        agent, customer_id, phone=f"+86 {PHONE}", card_number=CARD, email="zhou@example.com"
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["masked"] == {
        "phone": "138****1111",
        "email": "z***@example.com",
        "id_number": None,
        "card_number": "****0128",
    }
    (row,) = await rig.rows("SELECT customer::text AS line FROM customer")
    for secret in (PHONE, CARD, "zhou@example.com"):
        assert secret not in row.line
        assert secret not in answer.text
    (line,) = await recorded(rig, "customer_changed")
    assert line.data == {"fields": ["phone", "email", "card_number"]}


async def test_a_field_left_out_stays_and_an_empty_one_goes(
    agent: httpx.AsyncClient, customer_id: str
) -> None:
    await change(agent, customer_id, phone=PHONE, email="zhou@example.com")
    await change(agent, customer_id, display_name="周小姐", preferences={"回电时间": "下午"})
    shown = (await change(agent, customer_id, email="")).json()
    assert (shown["masked"]["phone"], shown["masked"]["email"]) == ("138****1111", None)
    assert (shown["display_name"], shown["preferences"]) == ("周小姐", {"回电时间": "下午"})
    assert shown["version"] == 4


async def test_a_stale_version_changes_nothing(agent: httpx.AsyncClient, customer_id: str) -> None:
    await change(agent, customer_id, display_name="周小姐")
    stale = await change(agent, customer_id, version=1, display_name="别人")
    assert code(stale) == (409, "conflict")
    assert (await show(agent, customer_id))["display_name"] == "周小姐"


@pytest.mark.parametrize(
    "fields",
    [
        {"phone": "12345"},
        {"email": "x"},
        {"id_number": "110105194912310021"},
        {"card_number": "4111111111111112"},
        {"tier": "gold"},
        {"display_name": " "},
        {"preferences": {"a": "x" * 201}},
    ],
)
async def test_what_cannot_be_is_refused_and_not_repeated(
    agent: httpx.AsyncClient, customer_id: str, fields: dict[str, Any]
) -> None:
    before = await show(agent, customer_id)
    answer = await change(agent, customer_id, **fields)
    assert code(answer) == (422, "validation_failed")
    assert not {"12345", "110105194912310021", "4111111111111112"} & set(answer.text.split('"'))
    assert await show(agent, customer_id) == before


async def test_only_a_supervisor_changes_the_tier(
    rig: Rig, agent: httpx.AsyncClient, customer_id: str
) -> None:
    assert code(await change(agent, customer_id, tier="vip")) == (403, "forbidden")
    supervisor = await rig.staff("supervisor")
    assert (await change(supervisor, customer_id, tier="vip")).json()["tier"] == "vip"
    assert (await change(agent, customer_id, tier="vip", display_name="周")).status_code == 200


async def test_a_note_is_shown_with_its_author(agent: httpx.AsyncClient, customer_id: str) -> None:
    added = await agent.post(f"{CUSTOMERS}/{customer_id}/notes", json={"text": " 只接微信 "})
    assert added.status_code == 201, added.text
    (note,) = (await show(agent, customer_id))["notes"]
    assert (note["text"], note["author"]["display_name"]) == ("只接微信", "小云")
    empty = await agent.post(f"{CUSTOMERS}/{customer_id}/notes", json={"text": "  "})
    assert empty.status_code == 422


async def reveal(
    http: httpx.AsyncClient, customer_id: str, field: str = "phone", reason: str = "客户要求回电"
) -> httpx.Response:
    body = {"field": field, "reason": reason}
    return await http.post(f"{CUSTOMERS}/{customer_id}/reveal", json=body)


async def test_a_look_gives_the_value_and_is_recorded_with_its_reason(
    rig: Rig, agent: httpx.AsyncClient, customer_id: str
) -> None:
    await change(agent, customer_id, phone=PHONE)
    assert (await reveal(agent, customer_id)).json() == {"value": PHONE}
    (line,) = await recorded(rig, "reveal")
    assert (line.subject_kind, line.subject_id) == ("customer", customer_id)
    assert line.data == {"field": "phone", "reason": "客户要求回电"}
    assert line.staff_name == "小云"


async def test_without_a_reason_or_a_value_nothing_is_shown_or_recorded(
    rig: Rig, agent: httpx.AsyncClient, customer_id: str
) -> None:
    await change(agent, customer_id, phone=PHONE)
    for reason in ("", "   ", "回电", " 回 "):
        answer = await reveal(agent, customer_id, reason=reason)
        assert code(answer) == (422, "reason_too_short")
        assert PHONE not in answer.text
    assert code(await reveal(agent, customer_id, field="email")) == (404, "not_found")
    assert await recorded(rig, "reveal") == []


async def test_fifteen_looks_an_hour_and_no_more_even_at_once(
    rig: Rig, agent: httpx.AsyncClient, customer_id: str
) -> None:
    await change(agent, customer_id, phone=PHONE)
    answers = await asyncio.gather(*(reveal(agent, customer_id) for _ in range(18)))
    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [429] * 3
    assert len(await recorded(rig, "reveal")) == 15
    other = await rig.staff("supervisor")
    assert (await reveal(other, customer_id)).status_code == 200


async def test_a_proved_identity_stays_with_the_customer(
    rig: Rig, agent: httpx.AsyncClient
) -> None:
    visitor = await rig.visitor("周女士")
    at = Shopper(await rig.gateway(), visitor.conversation_id)
    await at.ask("verify", order_number=ON_ITS_WAY[0], phone_last4="0000")
    customer_id = await customer_of(rig, visitor.conversation_id)
    assert (await show(agent, customer_id))["verified_at"] is None
    await at.prove(ON_ITS_WAY)
    await at.prove(ON_ITS_WAY)
    shown = await show(agent, customer_id)
    assert shown["verified_at"] is not None
    (identity,) = shown["identities"]
    assert (identity["channel"], identity["proof"]) == ("shop", "order_and_phone")
    assert identity["external_id_masked"].startswith("****")
