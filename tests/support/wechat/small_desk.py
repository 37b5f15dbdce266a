"""A desk of one api process and one worker, with an echo for a bot and the simulator for WeChat."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import redis

from api import bootstrap
from api.settings import Settings
from cli.simulate.installing import Admin, install
from cli.supervise import behind
from simulator.wechat.rules import Rules
from simulator.wechat.serving import serving
from simulator.wechat.serving import settings_for as wechat_settings
from simulator.wechat.simulator import Simulator
from simulator.wechat.world import Account
from tests.support.embedded import running_postgres, running_valkey
from tests.support.rig import PASSWORD, settings_for
from tests.support.running_desk import free_port
from tests.support.wechat.echo_bot import echo_bot

_READY_SECONDS = 240


@dataclass(frozen=True)
class SmallDesk:
    """A running one."""

    settings: Settings
    simulator: Simulator
    pids: dict[str, int]

    async def enter(self, *accounts: Account) -> None:
        """Make the accounts known to the desk, as its admin would."""
        await install(self.simulator.desk, Admin("admin", PASSWORD), accounts)

    def flush_redis(self) -> None:
        """FLUSHALL."""
        with redis.Redis.from_url(self.settings.redis_url.get_secret_value()) as store:
            store.flushall()


@asynccontextmanager
async def small_desk(
    home: Path, rules: Rules | None = None, nice: int = 0
) -> AsyncIterator[SmallDesk]:
    """Stores, bot, simulator and desk for the length of the block; its log lies in `home`.

    `nice` is how far the worker stands behind the api.
    """
    port = free_port()
    simulator = Simulator(f"http://127.0.0.1:{port}", rules=rules)
    with running_postgres() as cluster, running_valkey() as valkey:
        async with serving(simulator) as wechat, echo_bot() as bot:
            stores = (cluster.create("desk"), valkey.connection_url)
            settings = settings_for(*stores, home, port=port).model_copy(update={"rasa_url": bot})
            await asyncio.to_thread(bootstrap.migrate, settings)
            await asyncio.to_thread(bootstrap.prepare, settings)
            with _processes(settings, wechat_settings(wechat), nice) as pids:
                await _ready(simulator.desk, home)
                yield SmallDesk(settings, simulator, pids)


@contextmanager
def _processes(settings: Settings, wechat: dict[str, str], nice: int) -> Iterator[dict[str, int]]:
    environment = {
        **os.environ,
        **wechat,
        "FENZHEN_HOME": str(settings.home),
        "FENZHEN_PORT": str(settings.port),
        "FENZHEN_DATABASE_URL": settings.database_url.get_secret_value(),
        "FENZHEN_REDIS_URL": settings.redis_url.get_secret_value(),
        "FENZHEN_SERVICE_TOKEN": settings.service_token.get_secret_value(),
        "FENZHEN_DATA_KEY": settings.data_key.get_secret_value(),
        "FENZHEN_RASA_URL": settings.rasa_url,
        "OMP_NUM_THREADS": "1",
    }
    api = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory"]
    api += ["--host", "127.0.0.1", "--port", str(settings.port), "--no-access-log"]
    worker = [*behind(nice), sys.executable, "-m", "api.worker"]
    commands = {"api": api, "worker": worker}
    started: dict[str, subprocess.Popen[bytes]] = {}
    with (settings.home / "desk.log").open("wb") as log:

        def start(name: str) -> None:
            command = commands[name]
            started[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

        ended = threading.Event()
        for name in commands:
            start(name)
        watching = threading.Thread(target=_restart, args=(started, start, ended))
        watching.start()
        try:
            yield {name: process.pid for name, process in started.items()}
        finally:
            ended.set()
            watching.join()
            for process in started.values():
                process.send_signal(signal.SIGTERM)
            for process in started.values():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(10)
                process.kill()
                process.wait()


def _restart(
    started: dict[str, subprocess.Popen[bytes]],
    start: Callable[[str], None],
    ended: threading.Event,
) -> None:
    """What the supervisor does: a process that gave up runs again."""
    while not ended.wait(0.5):
        for name, process in list(started.items()):
            if process.poll() is not None:
                start(name)


async def _ready(url: str, home: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    async with httpx.AsyncClient(base_url=url, timeout=5, trust_env=False) as http:
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                parts = (await http.get("/health/ready")).json()["parts"]
                if parts["database"]["ok"] and parts["worker"]["ok"]:
                    return
            await asyncio.sleep(0.2)
    raise TimeoutError((home / "desk.log").read_text("utf-8")[-3000:])
