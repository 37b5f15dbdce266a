"""A shop that takes its time holds nothing up but the question it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from api.commerce.demo import DemoShop
from api.commerce.interface import Commerce, Customer, OpenShop, Order, Proof
from api.commerce.source import within
from api.db import Transaction
from api.errors import Unavailable
from tests.support.rig import Rig
from tests.support.shop import ARRIVED, ON_ITS_WAY, WAITING, shopper

OTHERS = text(
    """SELECT count(*) FROM pg_stat_activity
       WHERE datname = current_database() AND backend_type = 'client backend'
         AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"""
)


class HangingShop(DemoShop):
    """Does not find anybody, ever."""

    async def find_customer(self, proof: Proof) -> Customer | None:
        await asyncio.Event().wait()
        return await super().find_customer(proof)

    async def order(self, customer_id: str, number: str) -> Order:
        await asyncio.Event().wait()
        return await super().order(customer_id, number)


def put_in(rig: Rig, shop: OpenShop) -> None:
    """Let the desk ask this shop from now on."""
    rig.app.state.desk = replace(rig.desk, shop=shop)


def hanging(rig: Rig) -> OpenShop:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Commerce]:
        async with rig.database.transaction() as tx, within(HangingShop(tx), 0.1) as shop:
            yield shop

    return opened


@pytest.mark.parametrize(
    ("path", "order", "body"),
    [
        ("verify", ON_ITS_WAY, {"order_number": ON_ITS_WAY[0], "phone_last4": ON_ITS_WAY[1]}),
        ("orders", ON_ITS_WAY, {}),
        ("order/cancel", WAITING, {"order_number": WAITING[0]}),
        (
            "order/after-sale",
            ARRIVED,
            {"order_number": ARRIVED[0], "kind": "return", "reason": "x"},
        ),
        ("appointments", ARRIVED, {}),
        ("account/secure", ARRIVED, {"wish": "lock"}),
        ("privacy-request", ARRIVED, {"wish": "copy", "note": "x"}),
    ],
)
async def test_no_transaction_is_open_while_the_shop_is_asked(
    rig: Rig, path: str, order: tuple[str, str], body: dict[str, Any]
) -> None:
    at = await shopper(rig, order)
    seen: list[int] = []

    async def look(tx: Transaction) -> None:
        seen.append(await tx.scalar(OTHERS) or 0)

    @asynccontextmanager
    async def watched() -> AsyncIterator[Commerce]:
        async with rig.database.transaction() as tx:
            await look(tx)
            yield DemoShop(tx)

    put_in(rig, watched)
    await at.ask(path, **body)
    assert seen == [0]


async def test_a_shop_that_hangs_is_given_up(rig: Rig) -> None:
    at = await shopper(rig, ON_ITS_WAY)
    put_in(rig, hanging(rig))
    assert (await at.refused("order", order_number=ON_ITS_WAY[0]))[:2] == (503, "unavailable")


async def test_a_proof_the_shop_did_not_look_at_is_no_try(rig: Rig) -> None:
    at = await shopper(rig)
    usual = rig.desk.shop
    put_in(rig, hanging(rig))
    assert (await at.refused("verify", order_number=ON_ITS_WAY[0], phone_last4="0000"))[0] == 503
    put_in(rig, usual)
    assert (await at.prove(ON_ITS_WAY))["attempts_left"] == 5
    assert await rig.scalar("SELECT count(*) FROM verification_try") == 0


async def test_the_time_is_that_of_all_questions_together(rig: Rig) -> None:
    async def ask_for_ever() -> None:
        async with rig.database.transaction() as tx, within(DemoShop(tx), 0.1) as shop:
            while True:
                await shop.orders("nobody")

    with pytest.raises(Unavailable):
        await ask_for_ever()
