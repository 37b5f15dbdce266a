"""Orders of a verified customer: shown masked, changed within the rules, and each act once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.ids import today
from tests.support.rig import Rig
from tests.support.shop import ARRIVED, ON_ITS_WAY, WAITING, shopper

ADDRESS = "江苏省南京市鼓楼区云杉路 8 号"
INVOICE = {"title": "云杉科技有限公司", "kind": "company", "email": "fp@example.com"}
ACTS: list[tuple[str, tuple[str, str], dict[str, Any]]] = [
    ("order/change-address", WAITING, {"address": ADDRESS}),
    ("order/cancel", WAITING, {"reason": "不想要了"}),
    ("order/after-sale", ARRIVED, {"kind": "return", "reason": "尺码不合适"}),
    ("order/invoice", ARRIVED, {**INVOICE, "tax_number": "91330100MA27XXXXXX"}),
    ("order/price-protection", ARRIVED, {}),
    ("order/urge", ON_ITS_WAY, {}),
]


async def test_orders_are_shown_masked_and_the_newest_first(rig: Rig) -> None:
    at = await shopper(rig, ON_ITS_WAY)
    orders = (await at.ask("orders"))["orders"]
    assert 1 <= len(orders) <= 5
    placed = [order["placed_at"] for order in orders]
    assert placed == sorted(placed, reverse=True)
    assert all(order["recipient"]["phone_masked"] == "199****6021" for order in orders)


async def test_an_order_has_the_form_of_the_seam(rig: Rig) -> None:
    at = await shopper(rig, ON_ITS_WAY)
    order = await at.ask("order", order_number=ON_ITS_WAY[0])
    assert order.keys() == {
        *("number", "state", "placed_at", "total_fen", "items", "recipient"),
        *("shipment", "invoice", "refund"),
    }
    assert (order["number"], order["state"]) == (ON_ITS_WAY[0], "shipped")
    assert order["total_fen"] == sum(
        item["price_fen"] * item["quantity"] for item in order["items"]
    )
    assert order["items"][0].keys() == {"sku", "title", "quantity", "price_fen"}
    assert order["recipient"].keys() == {"name_masked", "phone_masked", "address_masked"}
    assert order["recipient"]["name_masked"] == "周**"
    assert order["recipient"]["address_masked"].endswith("****")
    assert order["shipment"].keys() == {
        *("tracking_number", "carrier", "state", "last_event", "expected_on", "pickup_code"),
    }
    assert order["shipment"]["last_event"].keys() == {"time", "place", "text"}
    assert order["shipment"]["expected_on"] == (today() + timedelta(days=1)).isoformat()
    assert (order["invoice"], order["refund"]) == ({"state": "none"}, None)
    assert "1990000" not in str(order)


@pytest.mark.parametrize("path", ["order", "order/cancel", "order/urge", "order/price-protection"])
@pytest.mark.parametrize("number", [WAITING[0], "880000000000"])
async def test_somebody_elses_order_looks_like_none(rig: Rig, path: str, number: str) -> None:
    at = await shopper(rig, ON_ITS_WAY)
    assert await at.refused(path, order_number=number) == (404, "order_not_found", None)
    state = await rig.scalar("SELECT state FROM shop_order WHERE number = :n", n=WAITING[0])
    assert state == "paid"


@pytest.mark.parametrize(("path", "order", "body"), ACTS)
async def test_the_same_message_has_one_effect(
    rig: Rig, path: str, order: tuple[str, str], body: dict[str, Any]
) -> None:
    at = await shopper(rig, order)
    asked = {"order_number": order[0], "message_id": str(at.message_id), **body}
    first = await at.ask(path, **asked)
    again = await at.ask(path, **asked)
    assert first["created"] is True
    assert again == {**first, "created": False}
    assert await rig.scalar("SELECT count(*) FROM shop_act") == 1


@pytest.mark.parametrize(("path", "order", "body"), ACTS)
async def test_ten_at_once_have_one_effect(
    rig: Rig, path: str, order: tuple[str, str], body: dict[str, Any]
) -> None:
    at = await shopper(rig, order)
    asked = {"order_number": order[0], "message_id": str(at.message_id), **body}
    answers = await asyncio.gather(*(at.ask(path, **asked) for _ in range(10)))
    assert sum(answer["created"] for answer in answers) == 1
    assert len({answer["reference"] for answer in answers}) == 1
    assert await rig.scalar("SELECT count(*) FROM shop_act") == 1


async def test_two_conversations_at_once_cancel_an_order_once(rig: Rig) -> None:
    one, other = await shopper(rig, WAITING), await shopper(rig, WAITING)
    answers = await asyncio.gather(
        *(each.post("order/cancel", order_number=WAITING[0]) for each in (one, other))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    query = "SELECT count(*) FROM shop_after_sale a JOIN shop_order o ON o.id = a.order_id"
    assert await rig.scalar(f"{query} WHERE o.number = :n", n=WAITING[0]) == 1


async def test_an_act_that_fails_leaves_nothing_and_can_be_tried_again(rig: Rig) -> None:
    at = await shopper(rig, ARRIVED)
    asked = {"order_number": ARRIVED[0], "message_id": str(at.message_id), **INVOICE}
    assert await at.refused("order/invoice", **asked) == (
        *(409, "not_possible"),
        "tax_number_missing",
    )
    assert await rig.scalar("SELECT count(*) FROM commerce_act") == 0
    asked["tax_number"] = "91330100MA27XXXXXX"
    assert (await at.ask("order/invoice", **asked))["created"] is True


async def test_a_new_address_is_stored(rig: Rig) -> None:
    at = await shopper(rig, WAITING)
    await at.ask(
        "order/change-address",
        order_number=WAITING[0],
        address=ADDRESS,
        recipient_name="钱女士",
        phone="199 0000 4444",
    )
    order = await at.ask("order", order_number=WAITING[0])
    assert order["recipient"] == {
        "name_masked": "钱**",
        "phone_masked": "199****4444",
        "address_masked": "江苏省南京市鼓楼区****",
    }


async def test_a_cancelled_order_is_paid_back(rig: Rig) -> None:
    at = await shopper(rig, WAITING)
    total = (await at.ask("order", order_number=WAITING[0]))["total_fen"]
    done = await at.ask("order/cancel", order_number=WAITING[0])
    assert done["refund_fen"] == total
    order = await at.ask("order", order_number=WAITING[0])
    assert order["state"] == "cancelled"
    assert order["refund"] == {
        "number": done["reference"],
        "kind": "refund",
        "state": "paying",
        "amount_fen": total,
        "expected_on": done["refund_expected_on"],
    }


@pytest.mark.parametrize("kind", ["return", "exchange", "refund"])
async def test_an_after_sale_is_opened(rig: Rig, kind: str) -> None:
    at = await shopper(rig, ARRIVED)
    wish = {"order_number": ARRIVED[0], "kind": kind, "reason": "尺码不合适", "wanted_spec": "42"}
    done = await at.ask("order/after-sale", **wish)
    total = (await at.ask("order", order_number=ARRIVED[0]))["total_fen"]
    assert done["refund_fen"] == (None if kind == "exchange" else total)
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert done["pickup_from"] == (None if kind == "refund" else tomorrow)
    assert await at.refused("order/after-sale", **wish) == (409, "not_possible", "already_open")


@pytest.mark.parametrize(
    ("path", "order", "body", "reason"),
    [
        ("change-address", ON_ITS_WAY, {"address": ADDRESS}, "already_shipped"),
        ("cancel", ON_ITS_WAY, {}, "already_shipped"),
        ("after-sale", WAITING, {"kind": "return", "reason": "不要了"}, "not_delivered"),
        ("after-sale", ON_ITS_WAY, {"kind": "exchange", "reason": "换色"}, "not_delivered"),
        (
            "after-sale",
            ARRIVED,
            {"kind": "return", "reason": "x", "items": ["YS-0000"]},
            "not_returnable",
        ),
        ("price-protection", ON_ITS_WAY, {}, None),
        ("urge", ARRIVED, {}, "delivered"),
    ],
)
async def test_the_rules_of_the_shop_are_kept(
    rig: Rig, path: str, order: tuple[str, str], body: dict[str, Any], reason: str | None
) -> None:
    at = await shopper(rig, order)
    asked = {"order_number": order[0], **body}
    if reason is None:
        assert (await at.ask(f"order/{path}", **asked))["difference_fen"] > 0
        reason = "already_claimed"
    assert await at.refused(f"order/{path}", **asked) == (409, "not_possible", reason)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("order", {"order_number": "a\x00bcd"}),
        ("order/change-address", {"order_number": WAITING[0], "address": "a\x00b"}),
        ("order/change-address", {"order_number": WAITING[0], "address": " "}),
        ("order/change-address", {"order_number": WAITING[0], "address": "长" * 201}),
        ("order/cancel", {"order_number": WAITING[0], "reason": "\x00"}),
        ("order/after-sale", {"order_number": WAITING[0], "kind": "steal", "reason": "x"}),
        ("order/invoice", {"order_number": WAITING[0], **INVOICE, "email": "nowhere"}),
        ("order/cancel", {"order_number": WAITING[0], "message_id": "x"}),
    ],
)
async def test_bad_bodies_are_refused(rig: Rig, path: str, body: dict[str, Any]) -> None:
    at = await shopper(rig, WAITING)
    assert (await at.refused(path, **body))[:2] == (422, "validation_failed")


async def test_a_second_message_is_a_second_act(rig: Rig) -> None:
    at = await shopper(rig, ON_ITS_WAY)
    for _ in range(2):
        done = await at.ask("order/urge", order_number=ON_ITS_WAY[0], message_id=str(uuid4()))
        assert done["created"] is True
    assert await rig.scalar("SELECT count(*) FROM shop_act") == 2


async def test_two_orders_in_one_message_are_two_acts(rig: Rig) -> None:
    at = await shopper(rig, ON_ITS_WAY)
    await rig.rows(
        """UPDATE shop_order SET customer_id = (
             SELECT customer_id FROM shop_order WHERE number = :n
           ), state = 'paid' WHERE number IN (:n, :other) RETURNING 1""",
        n=ON_ITS_WAY[0],
        other=WAITING[0],
    )
    message = str(at.message_id)
    one = await at.ask("order/cancel", order_number=ON_ITS_WAY[0], message_id=message)
    other = await at.ask("order/cancel", order_number=WAITING[0], message_id=message)
    assert (one["created"], other["created"]) == (True, True)
    assert one["reference"] != other["reference"]
    states = await rig.rows(
        "SELECT state FROM shop_order WHERE number IN (:n, :other)",
        n=ON_ITS_WAY[0],
        other=WAITING[0],
    )
    assert [row.state for row in states] == ["cancelled"] * 2
