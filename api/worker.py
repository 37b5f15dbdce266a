"""The worker process: handles turns, and mends what a crash or an outage left behind."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from procrastinate import App, Blueprint, JobContext, RetryStrategy
from redis.asyncio import Redis

from api import connections, logs
from api.assistant import RasaAssistant
from api.conversations import repository
from api.conversations.turns import TurnRunner
from api.db import Database
from api.events import RedisBus
from api.jobs import TURN, JobQueue, build_app
from api.learning import releases
from api.learning.labelling import ReleaseLabeller
from api.settings import Settings, load

log = structlog.get_logger(__name__)

CONCURRENCY = 8
HEARTBEAT_SECONDS = 2.0
STALLED_AFTER_SECONDS = 8.0
"""A worker silent for so long is taken for dead and its jobs are given to others."""
SWEEP_SECONDS = 2.0
TURN_ATTEMPTS = 3
"""After so many failures a person gets the message."""
RELEASE_CHECK_SECONDS = 5.0
CATCH_UP_BATCH = 50


def turn_tasks(runner: TurnRunner) -> Blueprint:
    """The tasks of the queue."""
    tasks = Blueprint()

    @tasks.task(
        name=TURN, retry=RetryStrategy(max_attempts=TURN_ATTEMPTS, wait=1), pass_context=True
    )
    async def turn(context: JobContext, message_id: str) -> None:
        with structlog.contextvars.bound_contextvars(message_id=message_id):
            try:
                await runner.run(UUID(message_id))
            except Exception:
                if context.job.attempts + 1 < TURN_ATTEMPTS:
                    raise
                log.exception("turn.given_up")
                await runner.give_up(UUID(message_id))

    return tasks


class Caretaker:
    """What the worker does besides its jobs."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        app: App,
        assistant: RasaAssistant,
        labeller: ReleaseLabeller,
    ) -> None:
        self._settings = settings
        self._database = database
        self._app = app
        self._queue = JobQueue(app)
        self._assistant = assistant
        self._labeller = labeller

    async def rescue_stalled_jobs(self) -> None:
        """Give the jobs of dead workers another try."""
        manager = self._app.job_manager
        await manager.prune_stalled_workers(STALLED_AFTER_SECONDS)
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
            log.warning("job.rescued", job=job.id, task=job.task_name)
            await manager.retry_job(job)

    async def catch_up(self) -> None:
        """Ask the bot again for the turns it missed, once it answers again."""
        async with self._database.transaction() as tx:
            waiting = await repository.told_turns(tx, CATCH_UP_BATCH)
        if not waiting or not await self._assistant.healthy():
            return
        for turn in waiting:
            async with self._database.transaction() as tx:
                await self._queue.defer_turn(tx, turn.conversation_id, turn.message_id)
        log.info("turns.catching_up", count=len(waiting))

    async def follow_release(self) -> None:
        """Switch the classifier when another release went live."""
        async with self._database.transaction() as tx:
            live = await releases.live(tx)
        if live is not None and live.number != self._labeller.release:
            folder = releases.folder(self._settings, live.number) / "classifier"
            await self._labeller.use(live.number, folder)

    async def run(self) -> None:
        """Everything above, for ever, each at its own pace."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_every(SWEEP_SECONDS, self.rescue_stalled_jobs))
            group.create_task(_every(SWEEP_SECONDS, self.catch_up))
            group.create_task(_every(RELEASE_CHECK_SECONDS, self.follow_release))


async def _every(seconds: float, action: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await action()
        except Exception as error:
            log.warning("caretaker.failed", action=action.__name__, error=repr(error))
        await asyncio.sleep(seconds)


async def main() -> None:
    """Run until SIGTERM or SIGINT; a job under way is finished first."""
    settings = load()
    logs.configure()
    redis: Redis = connections.redis(settings)
    database = Database(settings.sqlalchemy_url, RedisBus(redis), settings.database_pool)
    assistant = RasaAssistant(
        settings.rasa_url, settings.service_token.get_secret_value(), settings.bot_timeout_seconds
    )
    labeller = ReleaseLabeller()
    runner = TurnRunner(database, assistant, labeller)
    app = build_app(settings.libpq_url, turn_tasks(runner))
    async with app.open_async():
        caretaker = Caretaker(settings, database, app, assistant, labeller)
        with contextlib.suppress(Exception):  # the caretaker goes on trying and says why
            await caretaker.follow_release()
        working = asyncio.create_task(
            app.run_worker_async(
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_AFTER_SECONDS,
                fetch_job_polling_interval=2.0,
                shutdown_graceful_timeout=10.0,
                delete_jobs="successful",
            )
        )
        caring = asyncio.create_task(caretaker.run())
        for signum in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signum, working.cancel)
        log.info("worker.started", concurrency=CONCURRENCY)
        try:
            await asyncio.wait({working, caring}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            caring.cancel()
            working.cancel()
            await asyncio.gather(working, caring, return_exceptions=True)
    await database.dispose()
    await assistant.close()
    await redis.aclose()


if __name__ == "__main__":
    asyncio.run(main())
