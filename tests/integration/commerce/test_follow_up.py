"""Accounts, personal data, call-backs and how tickets stand."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.commerce.rules import working_day_after
from api.ids import now, today
from tests.support.rig import Rig
from tests.support.shop import ON_ITS_WAY, WAITING, Shopper, shopper


async def ticket(at: Shopper, **changes: Any) -> str:
    body = {
        "conversation_id": str(at.conversation_id),
        "message_id": str(uuid4()),
        "kind": "request",
        "description": "空调不制冷",
        **changes,
    }
    answer = await at.gateway.post("/internal/v1/tickets", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["number"])


@pytest.mark.parametrize(("wish", "state"), [("lock", "locked"), ("sign_out_everywhere", "open")])
async def test_an_account_is_secured_once(rig: Rig, wish: str, state: str) -> None:
    at = await shopper(rig, ON_ITS_WAY)
    asked = {"wish": wish, "message_id": str(at.message_id)}
    first = await at.ask("account/secure", **asked)
    assert await at.ask("account/secure", **asked) == {**first, "created": False}
    found = await rig.scalar("SELECT account_state FROM shop_customer WHERE phone LIKE '%6021'")
    assert found == state


@pytest.mark.parametrize("wish", ["copy", "correct", "erase"])
async def test_a_request_about_personal_data_opens_a_ticket(rig: Rig, wish: str) -> None:
    at = await shopper(rig, ON_ITS_WAY)
    asked = {"wish": wish, "note": "请尽快", "message_id": str(at.message_id)}
    done = await at.ask("privacy-request", **asked)
    assert await at.ask("privacy-request", **asked) == {**done, "created": False}
    assert done["due_on"] == working_day_after(today(), 15).isoformat()
    ((number, kind, category),) = await rig.rows("SELECT number, kind, category FROM ticket")
    assert (number, kind, category) == (done["reference"], "privacy", "account")
    status = (await at.ask("ticket-status", number=number))["tickets"]
    assert [each["number"] for each in status] == [number]


async def test_a_call_back_is_planned_for_the_wished_time(rig: Rig) -> None:
    at = await shopper(rig)
    wished = (now() + timedelta(days=1)).replace(microsecond=0)
    asked = {"phone": "199-0000-4444", "at": wished.isoformat(), "topic": "退款没到账"}
    done = await at.ask("call-back", message_id=str(at.message_id), **asked)
    again = await at.ask("call-back", message_id=str(at.message_id), **asked)
    assert again == {**done, "created": False}
    assert datetime.fromisoformat(done["at"]) == wished
    ((number, contact),) = await rig.rows("SELECT number, contact FROM ticket")
    assert (number, contact) == (done["reference"], "19900004444")


@pytest.mark.parametrize("at_", [None, "2020-01-01T00:00:00Z"])
async def test_without_a_time_to_come_the_call_is_due_with_the_first_response(
    rig: Rig, at_: str | None
) -> None:
    at = await shopper(rig)
    done = await at.ask("call-back", phone="19900004444", at=at_, topic="退款没到账")
    due = await rig.scalar("SELECT first_response_due_at FROM ticket")
    assert datetime.fromisoformat(done["at"]) == due


@pytest.mark.parametrize("changes", [{"phone": "call me"}, {"at": "2026-11-21T10:00"}])
async def test_a_call_back_needs_a_phone_and_an_offset(rig: Rig, changes: dict[str, str]) -> None:
    at = await shopper(rig)
    asked = {"phone": "19900004444", "topic": "退款", **changes}
    assert (await at.refused("call-back", **asked))[0] == 422


async def test_ten_call_backs_at_once_open_one_ticket(rig: Rig) -> None:
    at = await shopper(rig)
    asked = {"phone": "19900004444", "topic": "退款", "message_id": str(at.message_id)}
    await asyncio.gather(*(at.ask("call-back", **asked) for _ in range(10)))
    assert await rig.scalar("SELECT count(*) FROM ticket") == 1


async def test_tickets_of_the_desks_customer_are_shown_newest_first(rig: Rig) -> None:
    at = await shopper(rig)
    first, second = await ticket(at), await ticket(at, description="长" * 60)
    found = (await at.ask("ticket-status"))["tickets"]
    assert [each["number"] for each in found] == [second, first]
    assert found[0].keys() == {
        *("number", "title", "state", "priority", "created_at"),
        *("first_response_due_at", "resolution_due_at"),
    }
    assert found[0]["title"] == "长" * 39 + "…"
    assert (await at.ask("ticket-status", number=first.lower()))["tickets"] == [found[1]]


async def test_a_repair_is_about_after_sales(rig: Rig) -> None:
    await ticket(await shopper(rig), kind="repair")
    assert await rig.scalar("SELECT category FROM ticket") == "aftersales"


async def test_somebody_elses_ticket_is_shown_to_the_same_shop_customer_only(rig: Rig) -> None:
    owner = await shopper(rig, ON_ITS_WAY)
    number = await ticket(owner)
    for proof in (None, WAITING):
        stranger = await shopper(rig, proof)
        assert await stranger.refused("ticket-status", number=number) == (
            *(404, "ticket_not_found"),
            None,
        )
    same = await shopper(rig, ON_ITS_WAY)
    assert (await same.ask("ticket-status", number=number))["tickets"][0]["number"] == number


async def test_an_unknown_ticket_is_not_found(rig: Rig) -> None:
    at = await shopper(rig)
    assert (await at.refused("ticket-status", number="T20200101-00001"))[:2] == (
        *(404, "ticket_not_found"),
    )
