"""Events of 微信客服: they stand in the log of messages, and a callback says that there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from simulator.wechat.core import World
from simulator.wechat.faults import Setting
from simulator.wechat.markup import Fields
from simulator.wechat.world import Account, Phone

SYSTEM = 4
_LATER_SECONDS = 0.3


def event(kind: str, account: Account, phone: Phone, **more: object) -> Mapping[str, object]:
    """An entry of the log; an event names account and customer inside only."""
    inside = {"event_type": kind, "open_kfid": account.open_kfid, "external_userid": phone.id}
    return {"origin": SYSTEM, "msgtype": "event", "event": {**inside, **more}}


def hint(world: World, account: Account) -> Fields:
    """The callback: something is there to be pulled."""
    return {
        "ToUserName": account.user_name,
        "CreateTime": int(world.now().timestamp()),
        "MsgType": "event",
        "Event": "kf_msg_or_event",
        "Token": world.log(account).new_token(world.now()),
        "OpenKfId": account.open_kfid,
    }


async def failed_later(
    world: World, account: Account, phone: Phone, msgid: str, setting: Setting
) -> None:
    """A message that was accepted turns out not to have arrived."""
    await asyncio.sleep(min(_LATER_SECONDS, setting.seconds))
    failed = event("msg_send_fail", account, phone, fail_msgid=msgid, fail_type=setting.fail_type)
    world.log(account).add(failed, world.now())
    await world.hint(account)
