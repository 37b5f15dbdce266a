"""The `kf_sync` job: pulls what is new at a 微信客服 account, page by page.

Each message is stored in a transaction of its own, so that no customer waits for the locks of
others (docs/architecture.md §15). The cursor is kept once its page is stored, and receipts make a
page that comes again harmless: nothing is lost and nothing is handled twice (wechat.md, 微信客服).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import DataError

from api.channels.interface import AccountKeys, Calls, Channel, NotDelivered
from api.channels.wechat import accounts, kf_events, kf_messages, kf_states
from api.channels.wechat.kf_events import OnEvent
from api.channels.wechat.kf_messages import KfItem, KfPage
from api.db import Database
from api.errors import DeskError
from api.ids import now
from api.jobs import JobQueue
from api.models import ChannelAccount
from api.models.base import JsonObject
from api.settings import Settings

log = structlog.get_logger(__name__)

SYNC = "/cgi-bin/kf/sync_msg"
PAGE = 100
"""Messages of a page."""
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
            items = kf_messages.items(page)
            writers = [item.external_userid for item, _ in items if item.is_customers]
            await kf_states.look(self.database, self.calls, account, writers)
            for item, raw in items:
                to_say = await self._store(account_id, item, raw, first=first)
                if to_say is not None:
                    await kf_events.say_on_event(
                        self.database, self.calls, self.channel, account, to_say
                    )
            if not await self._turn(account, page):
                return
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

    async def _store(
        self, account_id: UUID, item: KfItem, raw: JsonObject, *, first: bool
    ) -> OnEvent | None:
        """Store one message or event; what is to be said for it with its code."""
        oldest = timedelta(minutes=self.settings.wechat_answer_within_minutes)
        try:
            async with self.database.transaction() as tx:
                row = await tx.get_one(ChannelAccount, account_id)
                old = item.at < row.created_at - oldest or (first and item.at < now() - oldest)
                return await kf_events.take(tx, self.queue, row, item, raw, old=old)
        except (DeskError, DataError) as error:
            # one that cannot be stored must not stop the others
            log.error("kf.skipped", account_id=str(account_id), error=type(error).__name__)
            return None

    async def _turn(self, account: AccountKeys, page: KfPage) -> bool:
        """The page is stored: go on behind it. False if it is another account's meanwhile."""
        async with self.database.transaction() as tx:
            row = await tx.get_one(ChannelAccount, account.id, with_for_update={"key_share": True})
            if (row.app_id, row.open_kfid) != (account.app_id, account.open_kfid):
                return False
            if page.next_cursor:
                row.cursor = page.next_cursor
        return True
