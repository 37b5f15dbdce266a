"""Files nobody used are thrown away after a day."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy import delete, exists, select

from api.attachments.service import LOCK
from api.attachments.storage import FileStore
from api.db import Database
from api.ids import now
from api.models import Attachment
from api.settings import Settings

log = structlog.get_logger(__name__)

KEPT = timedelta(days=1)
"""How long a file waits for the message or ticket it was sent for."""


async def prune(database: Database, settings: Settings, kept: timedelta = KEPT) -> int:
    """Forget files that were sent and never used, then delete bytes that no row names.

    Gives how many files were deleted from disk. Bytes of the last `kept` are never touched: their
    row may not be committed yet.
    """
    async with database.transaction() as tx:
        await tx.execute(
            delete(Attachment).where(
                Attachment.message_id.is_(None),
                Attachment.ticket_id.is_(None),
                ~Attachment.knowledge,
                Attachment.created_at < now() - kept,
            )
        )
    store = FileStore(settings.files)
    old = await asyncio.to_thread(store.older_than, kept.total_seconds())
    count = 0
    for path in old:
        async with database.transaction() as tx:
            await tx.execute(LOCK, {"sha256": path.name})
            used = await tx.scalar(select(exists().where(Attachment.sha256 == path.name)))
            if not used and store.is_older(path, kept.total_seconds()):
                path.unlink(missing_ok=True)
                count += 1
    if count:
        log.info("attachments.pruned", count=count)
    return count
