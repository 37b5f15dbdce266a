"""The `channel_media` job: a customer's file is fetched while WeChat still has it, and kept.

WeChat throws files away after three days. The message stands there from the beginning with words
like 「[图片]」; afterwards it shows the file, or says that it could not be had.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from uuid import UUID

import structlog

from api.attachments import service as attachments
from api.channels.interface import Calls, NotDelivered
from api.channels.wechat import accounts
from api.conversations import repository
from api.customers import repository as customers
from api.db import Database, Transaction
from api.errors import DeskError, FileNotAllowed
from api.events import Event
from api.i18n import say
from api.jobs import MediaOrder
from api.models import Conversation, Message
from api.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MediaFetcher:
    """Fetches with the process's database and connection to WeChat."""

    database: Database
    settings: Settings
    calls: Calls

    async def fetch(self, account_id: UUID, order: MediaOrder) -> None:
        """Hang the file on its message; harmless when it hangs there already.

        Raises NotDelivered and Unconfirmed when a later try may succeed.
        """
        message_id = UUID(order.message_id)
        async with self.database.transaction() as tx:
            if (await attachments.of_messages(tx, [message_id])).get(message_id):
                return
            account = await accounts.by_id(tx, self.settings, account_id)
        try:
            content, given = await self.calls.fetch(account, order.media_id)
        except NotDelivered as error:
            if error.again:
                raise
            await self.give_up(message_id)
            return
        try:
            stored = await self._store(content, order.name or given)
            async with self.database.transaction() as tx:
                await self._keep(tx, message_id, stored)
        except DeskError as error:
            log.info("media.not_kept", message_id=str(message_id), reason=error.code)
            await self.give_up(message_id)

    async def give_up(self, message_id: UUID) -> None:
        """Say in the message that its file could not be had."""
        async with self.database.transaction() as tx:
            conversation, message = await _locked(tx, message_id)
            if (await attachments.of_messages(tx, [message_id])).get(message_id):
                return
            was, lost = message.text, say("message.media_lost")
            if was.endswith(lost):
                return
            message.text = was + lost
            if conversation.last_text == was:
                conversation.last_text = message.text
            _changed(tx, message)

    async def _store(self, content: bytes, name: str) -> attachments.Stored:
        """The file on disk under its name, or under one that fits what it is."""
        for tried in (name, PurePosixPath(name).stem):
            try:
                return await attachments.store(self.database, self.settings, tried, content)
            except FileNotAllowed as error:
                if tried != name or error.details.get("reason") != "extension":
                    raise
        raise FileNotAllowed

    async def _keep(self, tx: Transaction, message_id: UUID, stored: attachments.Stored) -> None:
        conversation, message = await _locked(tx, message_id)
        if (await attachments.of_messages(tx, [message_id])).get(message_id):
            return  # the job was taken for stuck, and another one was quicker
        if await customers.is_erased(tx, conversation.customer_id):
            return
        await attachments.check_daily_limit(tx, conversation.id)
        kept = await attachments.keep(tx, stored, staff=None, conversation_id=conversation.id)
        await attachments.attach_to_message(tx, message, [kept.id], None)
        _changed(tx, message)


async def _locked(tx: Transaction, message_id: UUID) -> tuple[Conversation, Message]:
    message = await tx.get_one(Message, message_id)
    conversation = await repository.lock(tx, message.conversation_id)
    await tx.refresh(message)
    return conversation, message


def _changed(tx: Transaction, message: Message) -> None:
    """Pages show the message anew."""
    data = {"changed": str(message.seq)}
    tx.emit(Event("message", str(message.conversation_id), data))
