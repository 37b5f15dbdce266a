"""The `kf_sync` job: pulls what is new at a 微信客服 account, page by page.

The cursor is kept in the transaction that stores its page, and receipts make a page that comes
again harmless: nothing is lost and nothing is handled twice (wechat.md, 微信客服).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import DataError

from api.channels.interface import AccountKeys, Calls, Channel, NotDelivered
from api.channels.wechat import accounts, kf_events, kf_messages
from api.channels.wechat.kf_events import Welcome
from api.channels.wechat.kf_messages import KfItem, KfPage
from api.db import Database, Transaction
from api.errors import DeskError
from api.ids import now
from api.jobs import JobQueue
from api.models import ChannelAccount
from api.models.base import JsonObject
from api.settings import Settings

log = structlog.get_logger(__name__)

SYNC = "/cgi-bin/kf/sync_msg"
PAGE = 100
"""Messages of a page: so many are stored in one transaction."""
_BAD_HINT_TOKEN = 95007
_EMPTY_PAGES = 20
"""So many empty pages in a row, though more is announced, and the rest waits for the next hint."""


@dataclass(frozen=True, slots=True)
class KfPuller:
    """Pulls with the process's database, queue and connection to 企业微信."""

    database: Database
    settings: Settings
    calls: Calls
    channel: Channel
    queue: JobQueue

    async def pull(self, account_id: UUID, token: str | None) -> None:
        """Store all that is new. Raises NotDelivered and Unconfirmed of the platform."""
        async with self.database.transaction() as tx:
            row = await tx.get_one(ChannelAccount, account_id)
            account, cursor = await accounts.by_id(tx, self.settings, account_id), row.cursor
        if not row.enabled or row.kind != "kf":
            return
        first, empty = cursor is None, 0
        while empty < _EMPTY_PAGES:
            page = await self._ask(account, cursor, token)
            welcomes = await self._store(account_id, page, first=first)
            for welcome in welcomes:
                await kf_events.say_welcome(
                    self.database, self.calls, self.channel, account, welcome
                )
            cursor = page.next_cursor or cursor
            empty = 0 if page.msg_list else empty + 1
            if not page.has_more:
                return

    async def _ask(self, account: AccountKeys, cursor: str | None, token: str | None) -> KfPage:
        body: JsonObject = {"open_kfid": account.open_kfid, "limit": PAGE, "voice_format": 0}
        body |= {"cursor": cursor} if cursor else {}
        try:
            hinted = body | ({"token": token} if token else {})
            return KfPage.model_validate(await self.calls.post(account, SYNC, hinted))
        except NotDelivered as error:
            if error.code != _BAD_HINT_TOKEN or not token:
                raise
        # the hint's token lives ten minutes; without one the platform only counts more strictly
        return KfPage.model_validate(await self.calls.post(account, SYNC, body))

    async def _store(self, account_id: UUID, page: KfPage, *, first: bool) -> list[Welcome]:
        welcomes: list[Welcome] = []
        async with self.database.transaction() as tx:
            row = await tx.get_one(ChannelAccount, account_id)
            for item, raw in kf_messages.items(page):
                try:
                    async with tx.begin_nested():
                        welcome = await self._take(tx, row, item, raw, first=first)
                except (DeskError, DataError) as error:
                    # one that cannot be stored must not stop the others
                    log.error("kf.skipped", account=row.key, error=type(error).__name__)
                    continue
                if welcome is not None:
                    welcomes.append(welcome)
            if page.next_cursor:
                row.cursor = page.next_cursor
        return welcomes

    async def _take(
        self, tx: Transaction, row: ChannelAccount, item: KfItem, raw: JsonObject, *, first: bool
    ) -> Welcome | None:
        oldest = timedelta(minutes=self.settings.wechat_answer_within_minutes)
        old = item.at < row.created_at - oldest or (first and item.at < now() - oldest)
        return await kf_events.take(tx, self.queue, row, item, raw, old=old)
