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
async def in_parts(rig: Rig) -> AsyncIterator[Wechat]:
    """A customer of 微信客服 who has been sent a text in two parts."""
    async with wechat_customer(rig, "kf") as made:
        await made.did(ago=10)
        await made.say(LONG)
        await made.deliver()
        assert len(made.platform.texts()) == 2
        yield made


@pytest.mark.parametrize("part", [0, 1])
async def test_what_did_not_arrive_is_said_again_to_the_end(in_parts: Wechat, part: int) -> None:
    calls = await in_parts.rig.rows("SELECT id FROM sending ORDER BY created_at")
    async with in_parts.rig.database.transaction() as tx:
        await outbound.failed_late(tx, calls[part].id.hex, QUOTA)
    assert await in_parts.states() == [("held", "quota")]
    await in_parts.did()
    await in_parts.deliver()
    parts = in_parts.platform.texts()
    assert "".join(parts[2:]) == "".join(parts[part:2])
    assert await in_parts.states() == [("sent", None)]


@pytest.mark.parametrize(
    ("fail_type", "state"),
    [(4, ("held", "window")), (6, ("held", "quota")), (10, ("failed", "refused"))],
)
async def test_a_late_failure_is_shown(kf: Wechat, fail_type: int, state: tuple[str, str]) -> None:
    await kf.did(ago=10)
    await kf.say("您好")
    await kf.deliver()
    msgid = kf.platform.sent()[0]["msgid"]
    async with kf.rig.database.transaction() as tx:
        await outbound.failed_late(tx, msgid, fail_type)
        await outbound.failed_late(tx, msgid, fail_type)
    assert await kf.states() == [state]
    await kf.did()
    await kf.deliver()
    held = state[0] == "held"
    assert kf.platform.texts() == ["您好"] * (2 if held else 1)


async def test_a_late_failure_of_somebody_elses_message_changes_nothing(kf: Wechat) -> None:
    await kf.did(ago=10)
    await kf.say("您好")
    await kf.deliver()
    before = await kf.rig.rows("SELECT * FROM channel_contact")
    async with kf.rig.database.transaction() as tx:
        for msgid in ("not ours", "0" * 32):
            for fail_type in (4, 5, 6, 10):
                await outbound.failed_late(tx, msgid, fail_type)
    assert await kf.states() == [("sent", None)]
    assert await kf.rig.rows("SELECT * FROM channel_contact") == before
    assert await kf.rig.rows("SELECT state FROM sending") == [("sent",)]
