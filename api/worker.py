"""The worker process: `python -m api.worker`."""

from __future__ import annotations

import asyncio
import contextlib
import signal

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from api import connections, logs
from api.assistant import Assistant, RasaAssistant
from api.audit.keys import keys_of
from api.caretaker import STALLED_AFTER_SECONDS, Caretaker
from api.channels import outbound
from api.channels.delivering import Deliverer
from api.channels.registry import channels_of
from api.channels.tasks import delivery_tasks
from api.channels.typing import Typing
from api.channels.wechat.client import WechatCalls
from api.channels.wechat.tasks import inbound_tasks
from api.channels.wechat.tokens import Tokens
from api.channels.wechat.transport import open_platforms
from api.conversations.tasks import turn_tasks
from api.conversations.turns import TurnRunner
from api.db import Database
from api.events import RedisBus
from api.handoffs.routing import route
from api.jobs import (
    CHANNELS_QUEUE,
    DESK_QUEUE,
    LEARNING_QUEUE,
    MATERIAL_QUEUE,
    JobQueue,
    build_app,
    has_gone,
)
from api.learning.labelling import ReleaseLabeller
from api.learning.rollout.at_work import finder
from api.learning.tasks import learning_tasks
from api.settings import Settings, load
from classifier import memory

log = structlog.get_logger(__name__)

CONCURRENCY = {DESK_QUEUE: 8, CHANNELS_QUEUE: 8, LEARNING_QUEUE: 1, MATERIAL_QUEUE: 2}
"""How many jobs of a queue run at once."""
HEARTBEAT_SECONDS = 2.0


async def main() -> None:
    """Run until SIGTERM or SIGINT; a job under way is finished first.

    Ends by itself, with exit code 1, when the database was lost: the supervisor starts it anew.
    """
    settings = load()
    memory.settle()
    logs.configure()
    redis = connections.redis(settings)
    database = Database(
        settings.sqlalchemy_url, RedisBus(redis), settings.database_pool, keys_of(settings)
    )
    database.router = route
    assistant = RasaAssistant(
        settings.rasa_url, settings.service_token.get_secret_value(), settings.bot_timeout_seconds
    )
    labeller = ReleaseLabeller(finder(database, settings))
    async with open_platforms(settings) as platforms:
        wechat = WechatCalls(platforms, Tokens(redis, platforms))
        channels = channels_of(settings, wechat)
        typing = Typing(database, settings, redis, channels)
        runner = TurnRunner(database, assistant, labeller, settings, typing)
        deliverer = Deliverer(database, settings, channels)
        app = build_app(
            settings.libpq_url,
            turn_tasks(runner),
            delivery_tasks(deliverer),
            inbound_tasks(database, settings, wechat, channels["kf"]),
            learning_tasks(database, settings),
        )
        database.before_commit = outbound.before_commit(JobQueue(app))
        asked = await _work(settings, database, app, assistant, labeller)
        await typing.close()
    await database.dispose()
    await assistant.close()
    await redis.aclose()
    if not asked:
        raise SystemExit(1)


async def _work(
    settings: Settings,
    database: Database,
    app: App,
    assistant: Assistant,
    labeller: ReleaseLabeller,
) -> bool:
    """Run jobs and take care until the end; whether it was asked for."""
    async with app.open_async():
        caretaker = Caretaker(settings, database, app, assistant, labeller)
        with contextlib.suppress(Exception):  # the caretaker goes on trying and says why
            await caretaker.follow_release()
        working = [
            asyncio.create_task(run_jobs(app, queue, concurrency))
            for queue, concurrency in CONCURRENCY.items()
        ]
        caring = asyncio.create_task(caretaker.run())
        asked = asyncio.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signum, _stop, working, asked)
        log.info("worker.started", concurrency=CONCURRENCY)
        try:
            await asyncio.wait({*working, caring}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (caring, *working):
                task.cancel()
            ends = await asyncio.gather(*working, caring, return_exceptions=True)
            log.info("worker.stopped", reasons=[repr(end) for end in ends])
    return asked.is_set()


async def run_jobs(app: App, queue: str, concurrency: int) -> None:
    """Run the jobs of a queue, so many at a time; taken for dead meanwhile it begins anew."""
    while True:
        try:
            await app.run_worker_async(
                queues=[queue],
                name=queue,
                concurrency=concurrency,
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_AFTER_SECONDS,
                fetch_job_polling_interval=0.5,
                shutdown_graceful_timeout=3.0,
                delete_jobs="successful",
            )
        except ConnectorException as error:
            if not has_gone(error):
                raise
            log.warning("worker.begins_anew", queue=queue, error=str(error.__cause__))
        else:
            return


def _stop(working: list[asyncio.Task[None]], asked: asyncio.Event) -> None:
    asked.set()
    for task in working:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
