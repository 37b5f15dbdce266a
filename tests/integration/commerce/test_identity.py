"""Nothing personal is shown before the identity is proved, and guessing leads nowhere."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.support.rig import Rig
from tests.support.shop import ARRIVED, ON_ITS_WAY, WAITING, Shopper, shopper

NUMBER, LAST4 = ON_ITS_WAY
PHONE = f"1990000{LAST4}"
PERSONAL: list[tuple[str, dict[str, Any]]] = [
    ("orders", {}),
    ("order", {"order_number": NUMBER}),
    ("order/change-address", {"order_number": NUMBER, "address": "杭州市西湖区云杉路 1 号"}),
    ("order/cancel", {"order_number": NUMBER}),
    ("order/after-sale", {"order_number": NUMBER, "kind": "return", "reason": "不合适"}),
    (
        "order/invoice",
        {"order_number": NUMBER, "title": "个人", "kind": "personal", "email": "a@example.com"},
    ),
    ("order/price-protection", {"order_number": NUMBER}),
    ("order/urge", {"order_number": NUMBER}),
    ("appointments", {}),
    ("appointment/change", {"number": "Y10000001", "slot_id": "install-beijing-20990101T0900"}),
    ("appointment/cancel", {"number": "Y10000001"}),
    ("account/secure", {"wish": "lock"}),
    ("privacy-request", {"wish": "copy", "note": "我的资料"}),
]
OPEN: list[tuple[str, dict[str, Any]]] = [
    ("verify", {"order_number": NUMBER, "phone_last4": LAST4}),
    ("slots", {"service": "install", "address": "杭州"}),
    ("call-back", {"phone": PHONE, "topic": "退款"}),
    ("ticket-status", {}),
    (
        "appointment/book",
        {"service": "install", "address": "杭州", "slot_id": "x", "contact": "周同学"},
    ),
]


async def wrong(at: Shopper, last4: str = "0000", number: str = NUMBER) -> dict[str, Any]:
    answer: dict[str, Any] = await at.ask("verify", order_number=number, phone_last4=last4)
    return answer


@pytest.mark.parametrize(("path", "body"), PERSONAL)
async def test_without_proof_nothing_personal_is_shown_or_changed(
    rig: Rig, path: str, body: dict[str, Any]
) -> None:
    at = await shopper(rig)
    assert await at.refused(path, **body) == (403, "not_verified", None)
    assert await rig.scalar("SELECT count(*) FROM shop_act") == 0


@pytest.mark.parametrize(("path", "body"), PERSONAL + OPEN)
async def test_the_counter_is_closed_without_the_service_token(
    rig: Rig, path: str, body: dict[str, Any]
) -> None:
    visitor = await rig.visitor()
    at = Shopper(visitor.http, visitor.conversation_id)
    assert (await at.post(path, **body)).status_code == 401


@pytest.mark.parametrize(("path", "body"), PERSONAL + OPEN)
async def test_an_unknown_conversation_has_no_counter(
    rig: Rig, path: str, body: dict[str, Any]
) -> None:
    at = Shopper(await rig.gateway(), uuid4())
    assert (await at.refused(path, **body))[:2] == (404, "not_found")


@pytest.mark.parametrize(
    "proof",
    [
        {"phone_last4": LAST4},
        {"phone": PHONE},
        {"phone": "+86 199-0000-6021"},
        {"phone": PHONE, "phone_last4": "0000"},
    ],
)
async def test_a_right_proof_verifies_the_conversation(rig: Rig, proof: dict[str, str]) -> None:
    at = await shopper(rig)
    assert await at.ask("verify", order_number=NUMBER, **proof) == {
        "verified": True,
        "attempts_left": 5,
        "display_name": "周**",
        "phone_masked": "199****6021",
    }
    minutes = await rig.scalar(
        "SELECT extract(epoch FROM verified_until - now()) / 60 FROM commerce_identity"
    )
    assert 119 < minutes <= 120


async def test_the_proof_is_that_of_one_conversation_only(rig: Rig) -> None:
    await shopper(rig, ON_ITS_WAY)
    other = await shopper(rig)
    assert (await other.refused("orders"))[:2] == (403, "not_verified")


async def test_a_proof_expires(rig: Rig) -> None:
    at = await shopper(rig, ON_ITS_WAY)
    await rig.rows(
        "UPDATE commerce_identity SET verified_until = now() - interval '1 second' RETURNING 1"
    )
    assert (await at.refused("orders"))[:2] == (403, "not_verified")


@pytest.mark.parametrize(
    "proof",
    [
        {"order_number": NUMBER, "phone_last4": "0000"},
        {"order_number": NUMBER, "phone": "19900000000"},
        {"order_number": WAITING[0], "phone_last4": LAST4},
        {"order_number": "880000000000", "phone_last4": LAST4},
    ],
)
async def test_wrong_proofs_look_alike_whatever_is_wrong(rig: Rig, proof: dict[str, str]) -> None:
    at = await shopper(rig)
    assert await at.ask("verify", **proof) == {
        "verified": False,
        "attempts_left": 4,
        "display_name": None,
        "phone_masked": None,
    }


@pytest.mark.parametrize(
    "proof",
    [
        {"order_number": NUMBER},
        {"phone": PHONE},
        {"phone_last4": LAST4},
        {"order_number": NUMBER, "phone_last4": "602"},
        {"order_number": NUMBER, "phone_last4": "６０２１x"},
        {"order_number": "a\x00bcd", "phone_last4": LAST4},
        {"order_number": NUMBER, "phone": "\x00"},
    ],
)
async def test_half_a_proof_is_no_try(rig: Rig, proof: dict[str, str]) -> None:
    at = await shopper(rig)
    assert (await at.refused("verify", **proof))[:2] == (422, "validation_failed")
    assert await rig.scalar("SELECT count(*) FROM commerce_identity") == 0


async def test_five_wrong_tries_lock_the_conversation_even_for_the_right_proof(rig: Rig) -> None:
    at = await shopper(rig)
    left = [(await wrong(at))["attempts_left"] for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    right = {"order_number": NUMBER, "phone_last4": LAST4}
    assert (await at.refused("verify", **right))[:2] == (429, "too_many_attempts")
    minutes = await rig.scalar(
        "SELECT extract(epoch FROM locked_until - now()) / 60 FROM commerce_identity"
    )
    assert 29 < minutes <= 30
    await rig.rows(
        "UPDATE commerce_identity SET locked_until = now() - interval '1 second' RETURNING 1"
    )
    assert (await wrong(at))["attempts_left"] == 4
    assert (await at.prove(ON_ITS_WAY))["verified"]


async def test_wrong_tries_at_once_are_all_counted(rig: Rig) -> None:
    at = await shopper(rig)
    answers = await asyncio.gather(
        *(at.post("verify", order_number=NUMBER, phone_last4=f"000{digit}") for digit in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 5


async def test_a_right_proof_takes_back_no_wrong_one(rig: Rig) -> None:
    at = await shopper(rig)
    for _ in range(4):
        await wrong(at)
    assert (await at.prove(ON_ITS_WAY))["attempts_left"] == 1
    assert (await wrong(at))["attempts_left"] == 0
    assert (await at.refused("verify", order_number=NUMBER, phone_last4=LAST4))[0] == 429


async def test_an_order_of_ones_own_buys_no_guesses_at_others(rig: Rig) -> None:
    at = await shopper(rig)
    statuses = []
    for guess in range(6):
        answer = await at.post("verify", order_number=WAITING[0], phone_last4=f"000{guess}")
        statuses.append(answer.status_code)
        await at.post("verify", order_number=NUMBER, phone_last4=LAST4)
    assert statuses == [200] * 5 + [429]


async def test_right_proofs_at_once_are_no_wrong_tries(rig: Rig) -> None:
    at = await shopper(rig)
    answers = await asyncio.gather(
        *(at.post("verify", order_number=NUMBER, phone_last4=LAST4) for _ in range(4))
    )
    assert [answer.json()["verified"] for answer in answers] == [True] * 4
    assert (await at.prove(ON_ITS_WAY))["attempts_left"] == 5
    assert await rig.scalar("SELECT count(*) FROM verification_try") == 0


async def test_an_order_cannot_be_guessed_at_from_many_conversations(rig: Rig) -> None:
    for _ in range(3):
        at = await shopper(rig)
        for _ in range(5):
            await wrong(at)
    fresh = await shopper(rig)
    right = {"order_number": NUMBER, "phone_last4": LAST4}
    assert (await fresh.refused("verify", **right))[0] == 429
    assert (await fresh.prove(WAITING))["verified"]
    await rig.rows(
        "UPDATE verification_try SET created_at = created_at - interval '24 hours' RETURNING 1"
    )
    assert (await fresh.prove(ON_ITS_WAY))["verified"]


async def test_another_proof_makes_it_the_conversation_of_another_customer(rig: Rig) -> None:
    at = await shopper(rig, ON_ITS_WAY)
    await at.prove(ARRIVED)
    assert (await at.refused("order", order_number=NUMBER))[:2] == (404, "order_not_found")
    assert (await at.ask("order", order_number=ARRIVED[0]))["state"] == "delivered"
