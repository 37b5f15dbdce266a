"""微信客服 takes a message and says later that it was not delivered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from api.channels import outbound
from tests.support.channels import Wechat, wechat_customer
from tests.support.rig import Rig

LONG = "退货运费由责任方承担。" * 100
QUOTA = 6


@pytest.fixture
async def kf(rig: Rig) -> AsyncIterator[Wechat]:
    """A customer of 微信客服 who has been sent a text in two parts."""
    async with wechat_customer(rig, "kf") as made:
        await made.did(ago=10)
        await made.say(LONG)
        await made.deliver()
        assert len(made.platform.texts()) == 2
        yield made


@pytest.mark.parametrize("part", [0, 1])
async def test_what_did_not_arrive_is_said_again_to_the_end(kf: Wechat, part: int) -> None:
    calls = await kf.rig.rows("SELECT id FROM sending ORDER BY created_at")
    async with kf.rig.database.transaction() as tx:
        await outbound.failed_late(tx, calls[part].id.hex, QUOTA)
    assert await kf.states() == [("held", "quota")]
    await kf.did()
    await kf.deliver()
    parts = kf.platform.texts()
    assert "".join(parts[2:]) == "".join(parts[part:2])
    assert await kf.states() == [("sent", None)]
