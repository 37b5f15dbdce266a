"""微信客服 tells things again, and accounts change while they are pulled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from api.channels.interface import AccountKeys, Calls
from api.channels.registry import channels_of
from api.channels.wechat.kf_sync import KfPuller
from api.models.base import JsonObject
from tests.support.wechat_desk import WechatDesk


class Meanwhile:
    """Calls of the platform, with something that happens while the first is under way."""

    def __init__(self, calls: Calls, happens: Callable[[], Awaitable[object]]) -> None:
        self._calls = calls
        self._happens: Callable[[], Awaitable[object]] | None = happens

    async def post(self, account: AccountKeys, path: str, body: JsonObject) -> JsonObject:
        answer = await self._calls.post(account, path, body)
        if self._happens is not None:
            await self._happens()
            self._happens = None
        return answer

    async def fetch(self, account: AccountKeys, media_id: str) -> tuple[bytes, str]:
        return await self._calls.fetch(account, media_id)


async def test_what_is_pulled_a_second_time_begins_no_session(desk: WechatDesk) -> None:
    account = await desk.kf()
    await desk.customer(account).write("在吗")
    await desk.work()
    await desk.rig.rows("UPDATE channel_contact SET service_state = 4 RETURNING 1")
    await desk.rig.rows("UPDATE channel_account SET cursor = NULL RETURNING 1")
    await desk.simulator.hint(account)
    await desk.work()
    assert await desk.rig.scalar("SELECT cursor FROM channel_account")
    assert await desk.rig.scalar("SELECT service_state FROM channel_contact") == 4


async def test_an_account_that_is_changed_while_it_is_pulled_begins_anew(desk: WechatDesk) -> None:
    account = await desk.kf()
    await desk.customer(account).write("在吗")
    of = desk.rig.desk
    calls = Meanwhile(of.wechat, lambda: desk.change("service", open_kfid="wkOTHER"))
    channel = channels_of(of.settings, of.wechat)["kf"]
    puller = KfPuller(desk.rig.database, of.settings, calls, channel, of.queue)
    await puller.pull(UUID(desk.accounts["service"]["id"]), None)
    assert await desk.rig.scalar("SELECT open_kfid FROM channel_account") == "wkOTHER"
    assert await desk.rig.scalar("SELECT cursor FROM channel_account") is None
