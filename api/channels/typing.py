"""Customers elsewhere are shown that an answer is being written (wechat.md, Sending)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from api.channels.interface import Recipient
from api.channels.registry import Channels
from api.channels.wechat import accounts
from api.channels.wechat.window import wrote_since
from api.customers.sealing import sealer_of
from api.db import Database
from api.errors import CannotUnseal
from api.ids import now
from api.models import ChannelAccount, ChannelContact, Conversation
from api.settings import Settings

log = structlog.get_logger(__name__)

WITHIN = timedelta(seconds=30)
"""WeChat shows it only so shortly after the customer did something (45080; wechat.md, Sending)."""
APART_SECONDS = 5
"""A customer is shown it at most so often."""
_WHO = (
    select(ChannelContact, ChannelAccount)
    .join(ChannelAccount, ChannelAccount.id == ChannelContact.account_id)
    .join(Conversation, Conversation.contact_id == ChannelContact.id)
    .where(Conversation.id == bindparam("conversation_id"))
)


class Typing:
    """Shows it in the background: nothing waits for it, and it never fails."""

    def __init__(
        self, database: Database, settings: Settings, redis: Redis, channels: Channels
    ) -> None:
        self._database = database
        self._settings = settings
        self._redis = redis
        self._channels = channels
        self._running: set[asyncio.Task[None]] = set()

    def soon(self, conversation_id: UUID) -> None:
        """Show the conversation's customer that somebody writes."""
        task = asyncio.create_task(self.show(conversation_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def show(self, conversation_id: UUID) -> None:
        """The same, and wait for it."""
        try:
            key = f"fenzhen:wechat:typing:{conversation_id}"
            if not await self._redis.set(key, "1", nx=True, ex=APART_SECONDS):
                return
            found = await self._recipient(conversation_id)
            if found is not None:
                kind, to = found
                await self._channels[kind].typing(to)
        except (RedisError, OSError, SQLAlchemyError, CannotUnseal) as error:
            log.warning("typing.not_shown", error=type(error).__name__)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _recipient(self, conversation_id: UUID) -> tuple[str, Recipient] | None:
        async with self._database.transaction() as tx:
            found = (await tx.execute(_WHO, {"conversation_id": conversation_id})).one_or_none()
        if found is None:
            return None
        contact, account = found
        if not wrote_since(contact, now() - WITHIN):
            return None
        if not account.enabled or not account.switches.get("typing", True):
            return None
        keys = accounts.opened(sealer_of(self._settings), account)
        return account.kind, Recipient(keys, contact.external_id, contact.service_state)
