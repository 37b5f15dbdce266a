"""More of a running desk than its own processes: its stores, and a second api."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
from redis.asyncio import Redis

from api.db import Database
from api.events import SilentBus
from cli.credentials import load_or_create
from cli.programs import desk_environment, running_addresses
from cli.settings import read_settings
from tests.support.running_desk import REPOSITORY, RunningDesk, free_port, wait_until


def told(desk: RunningDesk) -> dict[str, str]:
    """The environment of the desk's own processes."""
    environ = {"FENZHEN_HOME": str(desk.home), "FENZHEN_PORT": str(desk.port)}
    settings = read_settings(environ)
    secrets = load_or_create(settings.home.secrets)
    addresses = running_addresses(settings, secrets, desk.state["ports"])
    return desk_environment(settings, addresses, secrets)


@asynccontextmanager
async def database_of(desk: RunningDesk) -> AsyncIterator[Database]:
    """The desk's database, beside its processes."""
    url = told(desk)["FENZHEN_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
    database = Database(url, SilentBus())
    try:
        yield database
    finally:
        await database.dispose()


async def emptied_redis(desk: RunningDesk) -> None:
    """FLUSHALL."""
    async with Redis.from_url(told(desk)["FENZHEN_REDIS_URL"]) as redis:
        await redis.flushall()


@contextmanager
def second_api(desk: RunningDesk) -> Iterator[str]:
    """Another api process on the same database and Redis; gives its URL."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory"]
    command += ["--port", str(port), "--log-level", "warning", "--timeout-graceful-shutdown", "2"]
    with (desk.home / "second-api.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=os.environ | told(desk), stdout=log, stderr=log
        )
        try:
            wait_until(lambda: _answers(url), 60, "the second api answers")
            yield url
        finally:
            process.terminate()
            process.wait(20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live", timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False
