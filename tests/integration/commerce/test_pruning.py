"""What nobody can repeat any more is forgotten, and what somebody can is kept."""

from __future__ import annotations

from datetime import timedelta

from api.commerce.pruning import ACTS_KEPT, prune
from api.ids import now
from tests.support.rig import Rig
from tests.support.shop import ON_ITS_WAY, WAITING, shopper

TABLES = ("verification_try", "commerce_act", "shop_act")
A_MOMENT = timedelta(minutes=1)


async def left_after(rig: Rig, ahead: timedelta) -> dict[str, int]:
    """Rows of each table when the worker tidies up so much later."""
    async with rig.database.transaction() as tx:
        await prune(tx, now() + ahead)
    return {table: await rig.scalar(f"SELECT count(*) FROM {table}") for table in TABLES}


async def test_wrong_tries_and_acts_are_kept_as_long_as_they_count(rig: Rig) -> None:
    at = await shopper(rig, ON_ITS_WAY)
    await at.ask("order/urge", order_number=ON_ITS_WAY[0])
    await at.ask("verify", order_number=WAITING[0], phone_last4="0000")
    day = timedelta(hours=24)
    everything = dict.fromkeys(TABLES, 1)
    assert await left_after(rig, day - A_MOMENT) == everything
    assert await left_after(rig, day + A_MOMENT) == {**everything, "verification_try": 0}
    assert (await left_after(rig, ACTS_KEPT - A_MOMENT))["commerce_act"] == 1
    assert await left_after(rig, ACTS_KEPT + A_MOMENT) == dict.fromkeys(TABLES, 0)
