"""What the worker does besides its jobs: mends what a crash or an outage left behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import psycopg
import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import OperationalError

from api.appointments import changes
from api.assistant import Assistant
from api.attachments import pruning as files
from api.audit import repository as audit
from api.channels import outbound
from api.channels import pruning as channels
from api.channels.wechat.accounts import kf_accounts
from api.commerce import pruning
from api.commerce.source import shop_source
from api.conversations import idle, repository, wrap_up
from api.customers import erasing
from api.db import Database
from api.deadlines.sweep import Sweep
from api.handoffs import watch
from api.handoffs.abandoning import release_gone
from api.handoffs.corrections import keep_informed
from api.handoffs.lost import requeue_lost
from api.handoffs.routing import route
from api.ids import now
from api.jobs import JobQueue, has_gone
from api.learning.labelling import ReleaseLabeller
from api.learning.review import collecting
from api.learning.rollout import watching
from api.learning.rollout.at_work import releases_at_work
from api.learning.runs import schedule
from api.notifications import pruning as notifications
from api.notifications.mail import Smtp, send_waiting, server_of
from api.settings import Settings

log = structlog.get_logger(__name__)

STALLED_AFTER_SECONDS = 8.0
"""A worker silent for so long is taken for dead and its jobs are given to others."""
SWEEP_SECONDS = 2.0
RELEASE_CHECK_SECONDS = 3.0
CANARY_SECONDS = 15.0
PRUNE_SECONDS = 3600.0
WRAP_UP_SECONDS = 10.0
GONE_SECONDS = 30.0
BURST_SECONDS = 30.0
MAIL_SECONDS = 10.0
VISIT_SECONDS = 10.0
QUEUE_SECONDS = 1.0
WATCH_SECONDS = 10.0
DELIVERY_SECONDS = 5.0
KF_SECONDS = 300.0
TRAINING_SECONDS = 15.0
REVIEW_SECONDS = 60.0
CATCH_UP_BATCH = 50
LONGEST_TURN_SECONDS = 30.0
"""No turn takes this long; a job or a turn that old is stranded."""
_DATABASE_LOST = (ConnectorException, OperationalError, psycopg.OperationalError)


class Caretaker:
    """What the worker does besides its jobs."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        app: App,
        assistant: Assistant,
        labeller: ReleaseLabeller,
    ) -> None:
        self._settings = settings
        self._database = database
        self._app = app
        self._queue = JobQueue(app)
        self._assistant = assistant
        self._labeller = labeller
        self._sweep = Sweep(database)
        self._mail = server_of(settings)
        self._looked_at = time.monotonic()

    async def rescue_stalled_jobs(self) -> None:
        """Give the jobs of dead workers another try.

        Who had no processor for so long does not judge others: its own sign of life is as old.
        """
        before, self._looked_at = self._looked_at, time.monotonic()
        if self._looked_at - before > STALLED_AFTER_SECONDS / 2:
            return
        manager = self._app.job_manager
        await manager.prune_stalled_workers(STALLED_AFTER_SECONDS)
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
            log.warning("job.rescued", job=job.id, task=job.task_name)
            assert job.id is not None
            await self._again(job.id)
        async with self._database.transaction() as tx:
            stuck = await repository.stuck_jobs(tx, LONGEST_TURN_SECONDS)
        for job_id in stuck:
            log.warning("job.stuck", job=job_id)
            await self._again(job_id)

    async def _again(self, job_id: int) -> None:
        """Another try of a job, unless it has ended by now."""
        try:
            await self._app.job_manager.retry_job_by_id_async(job_id=job_id, retry_at=now())
        except ConnectorException as error:
            if not has_gone(error):
                raise

    async def catch_up(self) -> None:
        """Run the turns again that the bot missed, once it answers, or that have lost their job."""
        async with self._database.transaction() as tx:
            before = now() - timedelta(seconds=LONGEST_TURN_SECONDS)
            waiting = await repository.stranded_turns(tx, before, CATCH_UP_BATCH)
        if not waiting or not await self._assistant.healthy():
            return
        for turn in waiting:
            async with self._database.transaction() as tx:
                await self._queue.defer_turn(tx, turn.conversation_id, turn.message_id)
        log.info("turns.catching_up", count=len(waiting))

    async def follow_release(self) -> None:
        """Have the classifiers of the releases that may answer, and label for those that do."""
        answering = await self._assistant.models()
        async with self._database.transaction() as tx:
            wanted, tracks = await releases_at_work(tx, self._settings, answering)
        await self._labeller.keep(wanted, tracks, answering)

    async def watch_canary(self) -> None:
        """Stop the release on trial when it is worse."""
        async with self._database.transaction() as tx:
            await watching.watch(tx)

    async def prune(self) -> None:
        """Delete what is no longer needed."""
        async with self._database.transaction() as tx:
            await pruning.prune(tx, now())
            await channels.prune(tx, now())
            await notifications.prune(tx, now())
            await erasing.forget_talks(tx)

    async def note_audit_head(self) -> None:
        """Write the newest record's number and hash into the log, which is kept elsewhere."""
        async with self._database.transaction() as tx:
            newest = await audit.head(tx)
        if newest is not None:
            log.info("audit.head", seq=newest.seq, hash=newest.hash.hex())

    async def prune_files(self) -> None:
        """Throw away files that were sent and never used."""
        await files.prune(self._database, self._settings)

    async def end_wrap_ups(self) -> None:
        """Close conversations whose form nobody has sent."""
        async with self._database.transaction() as tx:
            await wrap_up.close_overdue(tx, now())

    async def close_idle(self) -> None:
        """Close what customers have left with the bot."""
        async with self._database.transaction() as tx:
            await idle.close_idle(tx, now())

    async def release_gone(self) -> None:
        """End the waits of customers who have closed the page."""
        await release_gone(self._database, self._settings, now())

    async def keep_time(self) -> None:
        """Warn, record breaches, tell people, remind customers: all that has come due."""
        await self._sweep.run(now())

    async def find_bursts(self) -> None:
        """Notice many messages about one thing at once."""
        await self._sweep.find_bursts(now())

    async def send_mail(self) -> None:
        """Send what staff want by e-mail, if a server is set."""
        if self._mail is not None:
            await send_waiting(self._database, self._settings, Smtp(self._mail), now())

    async def mend_visits(self) -> None:
        """Tell customers of changed visits whose answer from the shop was lost."""
        if not await changes.left_over(self._database, now()):
            return
        async with shop_source(self._settings, self._database) as shop:
            await changes.mend(self._database, shop, now())

    async def mind_queue(self) -> None:
        """Take back what lost agents hold, and give out what a crash or a lost event left."""
        moved = 1
        while moved:
            async with self._database.transaction() as tx:
                moved = await requeue_lost(tx, now())
        await route(self._database)

    async def inform_waiting(self) -> None:
        """Show waiting customers where they stand."""
        await keep_informed(self._database, now())

    async def send_left(self) -> None:
        """Send what a crash or an outage has left to be sent."""
        async with self._database.transaction() as tx:
            after = timedelta(seconds=LONGEST_TURN_SECONDS)
            for contact_id in await outbound.stranded(tx, now(), after, CATCH_UP_BATCH):
                tx.to_deliver(contact_id)

    async def watch_queue(self) -> None:
        """Say so when the queue does not move."""
        async with self._database.transaction() as tx:
            await watch.report(tx, now())

    async def pull_kf(self) -> None:
        """Ask 微信客服 what is new, in case its hints were lost while the desk was away."""
        async with self._database.transaction() as tx:
            for account_id in await kf_accounts(tx):
                await self._queue.defer_kf_sync(tx, account_id, None)

    async def mind_trainings(self) -> None:
        """Train when the settings wish it, and end trainings that were lost."""
        await schedule.mind(self._database, self._queue, now())

    async def fill_review(self) -> None:
        """Have a look for messages that are worth one, when turns have ended."""
        await collecting.mind(self._database, self._queue)

    async def run(self) -> None:
        """Everything above, for ever, each at its own pace."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_every(SWEEP_SECONDS, self.rescue_stalled_jobs))
            group.create_task(_every(SWEEP_SECONDS, self.catch_up))
            group.create_task(_every(RELEASE_CHECK_SECONDS, self.follow_release))
            group.create_task(_every(CANARY_SECONDS, self.watch_canary))
            group.create_task(_every(PRUNE_SECONDS, self.prune))
            group.create_task(_every(PRUNE_SECONDS, self.note_audit_head))
            group.create_task(_every(WRAP_UP_SECONDS, self.end_wrap_ups))
            group.create_task(_every(WRAP_UP_SECONDS, self.close_idle))
            group.create_task(_every(GONE_SECONDS, self.release_gone))
            group.create_task(_every(PRUNE_SECONDS, self.prune_files))
            group.create_task(_every(SWEEP_SECONDS, self.keep_time))
            group.create_task(_every(BURST_SECONDS, self.find_bursts))
            group.create_task(_every(MAIL_SECONDS, self.send_mail))
            group.create_task(_every(VISIT_SECONDS, self.mend_visits))
            group.create_task(_every(QUEUE_SECONDS, self.mind_queue))
            group.create_task(_every(SWEEP_SECONDS, self.inform_waiting))
            group.create_task(_every(WATCH_SECONDS, self.watch_queue))
            group.create_task(_every(DELIVERY_SECONDS, self.send_left))
            group.create_task(_every(KF_SECONDS, self.pull_kf))
            group.create_task(_every(TRAINING_SECONDS, self.mind_trainings))
            group.create_task(_every(REVIEW_SECONDS, self.fill_review))


async def _every(seconds: float, action: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await action()
        except _DATABASE_LOST:
            # the queue's own connections are lost as well: the supervisor starts a whole worker
            raise
        except Exception as error:  # noqa: BLE001 - edge of the process: log and go on
            log.warning("caretaker.failed", action=action.__name__, error=repr(error))
        await asyncio.sleep(seconds)
