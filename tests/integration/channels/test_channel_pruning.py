"""What channels forget after a while, and what they ask for in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.channels import pruning
from api.channels.wechat.accounts import kf_accounts
from api.ids import now
from tests.support.desk_work import ok
from tests.support.wechat_desk import WechatDesk


@pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
async def test_receipts_are_kept_longer_than_anything_is_repeated(
    desk: WechatDesk, days: int, left: int
) -> None:
    await desk.customer(await desk.official()).write("你好")
    async with desk.rig.database.transaction() as tx:
        await pruning.prune(tx, now() + timedelta(days=days))
    assert await desk.rig.scalar("SELECT count(*) FROM channel_receipt") == left


async def test_codes_nobody_wrote_are_forgotten_and_used_ones_kept(desk: WechatDesk) -> None:
    visitor = await desk.rig.visitor()
    codes = [await ok(visitor.http.post("/api/v1/visitor/join-code"), 201) for _ in range(2)]
    person = desk.customer(await desk.official())
    await person.write(codes[0]["code"])
    await person.write("确认合并两边的对话")
    async with desk.rig.database.transaction() as tx:
        await pruning.prune(tx, now() + timedelta(days=2))
    assert await desk.rig.scalar("SELECT count(*) FROM join_code WHERE used_at IS NULL") == 0
    assert await desk.rig.scalar("SELECT count(*) FROM join_code") == 1


async def test_only_open_kf_accounts_are_asked_what_is_new(desk: WechatDesk) -> None:
    await desk.official()
    await desk.kf("closed")
    await desk.change("closed", enabled=False)
    await desk.kf("open")
    async with desk.rig.database.transaction() as tx:
        found = [str(account_id) for account_id in await kf_accounts(tx)]
        for account_id in await kf_accounts(tx):
            for _ in range(2):
                await desk.rig.desk.queue.defer_kf_sync(tx, account_id, None)
    assert found == [desk.accounts["open"]["id"]]
    assert await desk.rig.scalar("SELECT count(*) FROM procrastinate_jobs") == 1
