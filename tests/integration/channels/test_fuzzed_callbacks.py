"""Thousands of callbacks that make no sense: never a server error, and the next one is taken."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from simulator.wechat.world import Mode
from tests.support.wechat.mutations import spoilt
from tests.support.wechat_desk import WechatDesk

COUNT = 2000
TAKEN = {200, 400, 403, 404, 413}


async def test_no_callback_is_a_server_error(desk: WechatDesk) -> None:
    accounts = [await desk.official(mode.value, mode) for mode in Mode]
    accounts.append(await desk.kf())
    http = await desk.rig.client()
    met: Counter[int] = Counter()
    for each in islice(spoilt(accounts, seed=7), COUNT):
        answer = await http.request(
            each.method,
            f"/channels/wechat/{each.account.key}",
            params=each.request.query,
            content=each.request.body,
        )
        met[answer.status_code] += 1
        assert answer.status_code in TAKEN, (each.how, each.account.key, each.request)
    assert {200, 400, 403} <= set(met)
    person = desk.customer(accounts[0])
    await person.write("还在吗")
    assert await desk.said(person) == ["还在吗"]
