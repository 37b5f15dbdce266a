"""What customers of 微信客服 write and do: a callback only hints that something is there."""

from __future__ import annotations

import structlog

from api.channels.wechat import accounts
from api.channels.wechat.envelope import Fields
from api.db import Transaction
from api.jobs import JobQueue
from api.models import ChannelAccount

log = structlog.get_logger(__name__)

_HINT = "kf_msg_or_event"


async def take(tx: Transaction, queue: JobQueue, account: ChannelAccount, fields: Fields) -> None:
    """Have the account pulled that a hint names."""
    if fields.get("Event") != _HINT:
        log.info("wechat.event", account=account.key, kind="other")
        return
    named = await accounts.sibling(tx, account, fields.get("OpenKfId", ""))
    if named is None:
        log.warning("wechat.unknown_kf_account", account=account.key)
        return
    await queue.defer_kf_sync(tx, named.id, fields.get("Token") or None)
