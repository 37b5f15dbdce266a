"""Visits: free times, booking without proof, one visit a slot, and whose they are."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.ids import SHOP_TIME, today
from tests.support.rig import Rig
from tests.support.shop import ON_ITS_WAY, WAITING, Shopper, shopper

ADDRESS = "浙江省杭州市余杭区文一西路 1 号"
CONTACT = "钱女士 199 0000 4444"


async def free(at: Shopper, **changes: Any) -> list[dict[str, str]]:
    found = await at.ask("slots", **{"service": "measure", "address": ADDRESS, **changes})
    slots: list[dict[str, str]] = found["slots"]
    return slots


def wish(slot: dict[str, str], **changes: Any) -> dict[str, Any]:
    return {
        "service": "measure",
        "address": ADDRESS,
        "slot_id": slot["id"],
        "contact": CONTACT,
        "note": "五楼，没有电梯",
        **changes,
    }


async def booked(at: Shopper, position: int = 0) -> dict[str, Any]:
    done = await at.ask("appointment/book", **wish((await free(at))[position]))
    appointment: dict[str, Any] = done["appointment"]
    return appointment


async def soon(rig: Rig, number: str, hours: float) -> None:
    """Let the visit begin in so many hours."""
    await rig.rows(
        "UPDATE shop_appointment SET starts_at = now() + :ahead WHERE number = :n RETURNING 1",
        ahead=timedelta(hours=hours),
        n=number,
    )


async def test_free_times_begin_tomorrow_and_are_six_at_most(rig: Rig) -> None:
    slots = await free(await shopper(rig))
    assert len(slots) == 6
    starts = [datetime.fromisoformat(slot["starts_at"]) for slot in slots]
    assert starts == sorted(starts)
    assert starts[0].astimezone(SHOP_TIME).date() > today()


async def test_free_times_of_a_day_are_all_on_that_day(rig: Rig) -> None:
    day = today() + timedelta(days=3)
    slots = await free(await shopper(rig), on=day.isoformat())
    days = {
        datetime.fromisoformat(slot["starts_at"]).astimezone(SHOP_TIME).date() for slot in slots
    }
    assert days == {day}


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "西藏自治区拉萨市城关区"},
        {"on": "2020-01-01"},
        {"on": "2999-01-01"},
        {"on": date.today().isoformat()},  # noqa: DTZ011  the machine's day is not tomorrow either
    ],
)
async def test_where_or_when_nobody_can_come_there_is_no_time(
    rig: Rig, changes: dict[str, str]
) -> None:
    assert await free(await shopper(rig), **changes) == []


@pytest.mark.parametrize("body", [{}, {"service": "measure"}, {"address": ADDRESS}])
async def test_free_times_need_a_service_and_an_address(rig: Rig, body: dict[str, str]) -> None:
    at = await shopper(rig)
    assert (await at.refused("slots", **body))[0] == 422


async def test_a_visit_is_booked_without_proof_and_shown_masked(rig: Rig) -> None:
    at = await shopper(rig)
    slot = (await free(at))[2]
    done = await at.ask("appointment/book", **wish(slot))
    visit = done["appointment"]
    assert done["created"] is True
    assert visit == {
        "number": visit["number"],
        "service": "measure",
        "address_masked": "浙江省杭州市余杭区****",
        "starts_at": slot["starts_at"],
        "ends_at": slot["ends_at"],
        "contact_masked": "199****4444",
        "state": "booked",
    }
    assert (await at.ask("appointments"))["appointments"] == [visit]
    assert slot not in await free(at)


async def test_the_same_message_books_once(rig: Rig) -> None:
    at = await shopper(rig)
    asked = wish((await free(at))[0], message_id=str(at.message_id))
    answers = await asyncio.gather(*(at.ask("appointment/book", **asked) for _ in range(10)))
    assert sum(answer["created"] for answer in answers) == 1
    assert len({answer["appointment"]["number"] for answer in answers}) == 1


async def test_a_slot_is_given_to_one_of_two(rig: Rig) -> None:
    one, other = await shopper(rig), await shopper(rig)
    slot = (await free(one))[0]
    answers = await asyncio.gather(
        *(each.post("appointment/book", **wish(slot)) for each in (one, other))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (lost,) = [answer for answer in answers if answer.status_code == 409]
    assert lost.json()["error"]["details"] == {"reason": "slot_taken"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"address": "西藏自治区拉萨市城关区"}, "area_not_served"),
        ({"address": "上海市徐汇区"}, "slot_taken"),
        ({"service": "install"}, "slot_taken"),
        ({"slot_id": "no such slot"}, "slot_taken"),
    ],
)
async def test_what_is_not_on_offer_cannot_be_booked(
    rig: Rig, changes: dict[str, str], reason: str
) -> None:
    at = await shopper(rig)
    asked = wish((await free(at))[0], **changes)
    assert await at.refused("appointment/book", **asked) == (409, "not_possible", reason)


async def test_the_conversation_that_booked_may_move_and_cancel(rig: Rig) -> None:
    at = await shopper(rig)
    visit = await booked(at)
    number = visit["number"]
    slot = (await at.ask("slots", number=number))["slots"][1]
    moved = await at.ask("appointment/change", number=number, slot_id=slot["id"])
    assert moved["appointment"]["state"] == "changed"
    assert moved["appointment"]["starts_at"] == slot["starts_at"]
    message = str(uuid4())
    done = await at.ask("appointment/cancel", number=number, message_id=message)
    again = await at.ask("appointment/cancel", number=number, message_id=message)
    assert done["appointment"]["state"] == "cancelled"
    assert again == {**done, "created": False}
    assert await at.refused("appointment/cancel", number=number) == (
        *(409, "not_possible"),
        "cancelled",
    )
    assert (await at.ask("appointments"))["appointments"] == []


async def test_another_conversation_needs_the_proof_of_the_same_customer(rig: Rig) -> None:
    number = (await booked(await shopper(rig, ON_ITS_WAY)))["number"]
    stranger, somebody, same = (
        await shopper(rig),
        await shopper(rig, WAITING),
        await shopper(rig, ON_ITS_WAY),
    )
    assert (await stranger.refused("appointment/cancel", number=number))[:2] == (
        *(403, "not_verified"),
    )
    assert (await stranger.refused("slots", number=number))[0] == 403
    for unknown in (number, "Y99999999"):
        assert (await somebody.refused("appointment/cancel", number=unknown))[:2] == (
            *(404, "appointment_not_found"),
        )
    assert number in [each["number"] for each in (await same.ask("appointments"))["appointments"]]
    assert (await same.ask("appointment/cancel", number=number))["created"] is True


async def test_a_visit_cannot_be_moved_to_a_taken_slot(rig: Rig) -> None:
    at = await shopper(rig)
    one, slots = await booked(at), await free(at)
    await booked(await shopper(rig))
    asked = {"number": one["number"], "slot_id": slots[0]["id"]}
    assert await at.refused("appointment/change", **asked) == (409, "not_possible", "slot_taken")


@pytest.mark.parametrize("path", ["change", "cancel"])
async def test_four_hours_before_it_is_too_late(rig: Rig, path: str) -> None:
    at = await shopper(rig)
    number = (await booked(at))["number"]
    slot = (await free(at))[0]
    await soon(rig, number, 3.9)
    asked = {"number": number, "slot_id": slot["id"]}
    assert await at.refused(f"appointment/{path}", **asked) == (409, "not_possible", "too_late")
    await soon(rig, number, 4.1)
    assert (await at.ask(f"appointment/{path}", **asked))["created"] is True
