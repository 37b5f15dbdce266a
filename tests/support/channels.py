"""Customers of a WeChat account, and what sends to them, for tests of the outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from api.assistant import Button
from api.channels.delivering import Deliverer
from api.channels.interface import CHANNELS, Opens
from api.channels.registry import channels_of
from api.channels.wechat import window
from api.channels.wechat.client import WechatCalls
from api.channels.wechat.tokens import Tokens
from api.channels.wechat.transport import open_platforms
from api.conversations import repository
from api.conversations.service import append
from api.customers.sealing import sealer_of
from api.ids import new_id, now
from api.models import (
    ChannelAccount,
    ChannelContact,
    Conversation,
    Customer,
    CustomerIdentity,
)
from tests.support.platform import Platform
from tests.support.rig import Rig


@dataclass(frozen=True)
class Wechat:
    """A customer on WeChat, and the worker that sends to them."""

    rig: Rig
    platform: Platform
    deliverer: Deliverer
    account_id: UUID
    contact_id: UUID
    conversation_id: UUID

    async def did(self, opens: Opens = Opens.MESSAGE, ago: float = 0) -> datetime:
        """The customer wrote or tapped so many seconds ago; gives when."""
        at = now() - timedelta(seconds=ago)
        async with self.rig.database.transaction() as tx:
            contact = await window.lock(tx, self.contact_id)
            await window.opened(tx, contact, opens, at)
        return at

    async def say(self, *texts: str, buttons: tuple[str, ...] = (), **fields: Any) -> list[UUID]:
        """Messages of the bot, in one transaction; those with `buttons` carry all of them."""
        ids = []
        async with self.rig.database.transaction() as tx:
            conversation = await repository.lock(tx, self.conversation_id)
            for text in texts:
                shown = [Button(title=each, text=f"{each}！") for each in buttons]
                given = {"author": "bot", "text": text, "buttons": shown, **fields}
                ids.append(append(tx, conversation, **given).id)
        return ids

    async def deliver(self) -> datetime | None:
        """Run the job as the worker does, until nothing is left to do at once."""
        while True:
            again_at = await self.deliverer.run(self.contact_id)
            if again_at is None or again_at > now():
                return again_at

    async def states(self) -> list[tuple[str, str | None]]:
        """State and problem of each delivery, oldest first."""
        rows = await self.rig.rows(
            "SELECT state, problem FROM delivery WHERE contact_id = :id ORDER BY created_at",
            id=self.contact_id,
        )
        return [(row.state, row.problem) for row in rows]

    async def used(self) -> tuple[int, int]:
        """What was counted in the long and in the short window."""
        async with self.rig.database.transaction() as tx:
            contact = await tx.get_one(ChannelContact, self.contact_id)
            return contact.message_used, contact.tap_used


@asynccontextmanager
async def wechat_customer(rig: Rig, kind: str = "official") -> AsyncIterator[Wechat]:
    """A customer who has not written yet, of an account of its own."""
    platform, settings = Platform(), rig.desk.settings
    async with open_platforms(settings, platform.transport) as platforms:
        calls = WechatCalls(platforms, Tokens(rig.desk.redis, platforms))
        deliverer = Deliverer(rig.database, settings, channels_of(settings, calls))
        account_id = new_id()
        secrets = {"secret": "s" * 32, "token": "t" * 8, "aes_key": "A" * 43}
        async with rig.database.transaction() as tx:
            account = ChannelAccount(
                id=account_id,
                key=f"shop-{account_id.hex[-6:]}",
                kind=kind,
                display_name="云杉商城",
                app_id="wx0123456789",
                open_kfid="wk01" if kind == "kf" else None,
                sealed=sealer_of(settings).seal_for("channel_account", account_id, secrets.items()),
            )
            customer = Customer(id=new_id(), display_name="小林")
            tx.add_all([account, customer])
            await tx.flush()
            identity = CustomerIdentity(
                id=new_id(),
                customer_id=customer.id,
                channel=CHANNELS[kind],
                external_id=f"wx0123456789:{account_id.hex}",
            )
            conversation = Conversation(
                id=new_id(), customer_id=customer.id, channel=CHANNELS[kind]
            )
            tx.add_all([identity, conversation])
            await tx.flush()
            contact = ChannelContact(
                id=new_id(),
                account_id=account_id,
                external_id=f"o{account_id.hex}",
                identity_id=identity.id,
                conversation_id=conversation.id,
            )
            tx.add(contact)
            await tx.flush()
            conversation.contact_id = contact.id
        yield Wechat(rig, platform, deliverer, account_id, contact.id, conversation.id)
