"""The worker process: `python -m api.worker`."""

from __future__ import annotations

import asyncio
import contextlib
import signal

import structlog

from api import connections, logs
from api.assistant import RasaAssistant
from api.caretaker import STALLED_AFTER_SECONDS, Caretaker
from api.conversations.tasks import turn_tasks
from api.conversations.turns import TurnRunner
from api.db import Database
from api.events import RedisBus
from api.handoffs.routing import route
from api.jobs import build_app
from api.learning.labelling import ReleaseLabeller
from api.settings import load

log = structlog.get_logger(__name__)

CONCURRENCY = 8
HEARTBEAT_SECONDS = 2.0


async def main() -> None:
    """Run until SIGTERM or SIGINT; a job under way is finished first.

    Ends by itself, with exit code 1, when the database was lost: the supervisor starts it anew.
    """
    settings = load()
    logs.configure()
    redis = connections.redis(settings)
    database = Database(settings.sqlalchemy_url, RedisBus(redis), settings.database_pool)
    database.router = route
    assistant = RasaAssistant(
        settings.rasa_url, settings.service_token.get_secret_value(), settings.bot_timeout_seconds
    )
    labeller = ReleaseLabeller()
    runner = TurnRunner(database, assistant, labeller, settings)
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
                fetch_job_polling_interval=0.5,
                shutdown_graceful_timeout=3.0,
                delete_jobs="successful",
            )
        )
        caring = asyncio.create_task(caretaker.run())
        asked = asyncio.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signum, _stop, working, asked)
        log.info("worker.started", concurrency=CONCURRENCY)
        try:
            await asyncio.wait({working, caring}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            caring.cancel()
            working.cancel()
            ends = await asyncio.gather(working, caring, return_exceptions=True)
            log.info("worker.stopped", reasons=[repr(end) for end in ends])
    await database.dispose()
    await assistant.close()
    await redis.aclose()
    if not asked.is_set():
        raise SystemExit(1)


def _stop(working: asyncio.Task[None], asked: asyncio.Event) -> None:
    asked.set()
    working.cancel()


if __name__ == "__main__":
    asyncio.run(main())
