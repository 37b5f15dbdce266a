"""The queue's tasks for what comes in by WeChat."""

from __future__ import annotations

from uuid import UUID

import structlog
from procrastinate import Blueprint, JobContext, RetryStrategy

from api.channels.interface import Calls, Channel, NotDelivered
from api.channels.wechat.kf_sync import KfPuller
from api.channels.wechat.media import MediaFetcher
from api.channels.wechat.problems import is_of_account
from api.db import Database
from api.jobs import KF_SYNC, MEDIA, JobQueue, MediaOrder
from api.settings import Settings

log = structlog.get_logger(__name__)

ATTEMPTS = 6
_FILES = RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=3)
"""3, 9, 27 … seconds apart: some minutes in all."""
_PULLS = RetryStrategy(max_attempts=12, wait=5)
"""Close together: a pull that waits holds up those after it."""


def inbound_tasks(
    database: Database, settings: Settings, calls: Calls, channel: Channel
) -> Blueprint:
    """The tasks; `channel` is that of 微信客服."""
    tasks = Blueprint()
    fetcher = MediaFetcher(database, settings, calls)

    @tasks.task(name=MEDIA, retry=_FILES, pass_context=True)
    async def media(
        context: JobContext, account_id: str, message_id: str, media_id: str, kind: str, name: str
    ) -> None:
        order = MediaOrder(message_id, media_id, kind, name)
        try:
            await fetcher.fetch(UUID(account_id), order)
        except Exception as error:
            # the edge of the process: whatever went wrong, the message must say so in the end
            if context.job.attempts + 1 < ATTEMPTS:
                raise
            log.warning("media.given_up", message_id=message_id, error=type(error).__name__)
            await fetcher.give_up(UUID(message_id))

    @tasks.task(name=KF_SYNC, retry=_PULLS, pass_context=True)
    async def kf_sync(context: JobContext, account_id: str, token: str | None) -> None:
        puller = KfPuller(database, settings, calls, channel, JobQueue(context.app))
        try:
            await puller.pull(UUID(account_id), token)
        except NotDelivered as error:
            if not is_of_account(error.problem, error.code):
                raise
            # trying again does not put an account right; the next hint or the sweep pulls
            log.warning("kf.not_pulled", account_id=account_id, code=error.code)

    return tasks
