"""How fast a handed-off customer is on an agent's screen, and a reply on the customer's.

`python -m bench.desk_load [--agents 200] [--open 2000] [--samples 150] [--chatter 5] [--json]`
starts a database, a Valkey, one api process and one worker of the current tree in a temporary home
on a free port, opens a console for every agent and fills the desk with open conversations: eight at
each agent's hand, the rest with the bot. While other customers write `--chatter` messages a second,
customers ask for a person one after the other and get a reply.

- handoff: from sending 「转人工」 (HTTP) to the frame on the WebSocket of the agent who gets it;
  it goes through the worker, as it does for users. No classifier and no Rasa run.
- reply: from the agent's sending it (HTTP) to the frame on the customer's WebSocket.

The load is made on the same machine and takes its share of the cores.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psutil
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert
from websockets.asyncio.client import ClientConnection, connect

from api import bootstrap
from api.auth.dependencies import COOKIE, CSRF_HEADER
from api.auth.tokens import digest
from api.db import Database
from api.events import SilentBus
from api.ids import new_id, now
from api.models import Conversation, Customer, Staff, StaffSession
from api.settings import Settings
from tests.support.embedded import running_postgres, running_valkey
from tests.support.rig import settings_for

_HELD = 8
_READY_SECONDS = 60
_LONGEST_SECONDS = 15


@dataclass(frozen=True)
class Times:
    """Milliseconds of one kind of step."""

    count: int
    p50: float
    p95: float
    longest: float


@dataclass(frozen=True)
class Figures:
    """What one run came to; `cpu` is the share of one core by process while it was measured."""

    agents: int
    open_conversations: int
    handoff: Times
    reply: Times
    cpu: dict[str, float]


@dataclass(frozen=True)
class Agent:
    """An agent with a session."""

    id: UUID
    cookie: str
    csrf_token: str


class Consoles:
    """The open consoles; remembers when each conversation first came up on its agent's screen."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._shown: dict[str, asyncio.Future[tuple[float, Agent]]] = {}
        self.frames = 0

    def expect(self, conversation_id: str) -> asyncio.Future[tuple[float, Agent]]:
        """When, and on whose screen, the conversation will be."""
        future = asyncio.get_running_loop().create_future()
        return self._shown.setdefault(conversation_id, future)

    async def open(self, stack: AsyncExitStack, agent: Agent) -> asyncio.Task[None]:
        """Open one, and listen."""
        url = f"ws://{self._address}/api/v1/agent/ws"
        headers = {"Cookie": f"{COOKIE}={agent.cookie}"}
        connection = await stack.enter_async_context(
            connect(url, additional_headers=headers, proxy=None)
        )
        await connection.recv()
        return asyncio.create_task(self._listen(connection, agent))

    async def _listen(self, connection: ClientConnection, agent: Agent) -> None:
        async for raw in connection:
            self.frames += 1
            if '"type": "conversation"' not in str(raw)[:40]:
                continue
            shown = json.loads(raw)["conversation"]
            future = self._shown.get(shown["id"])
            mine = (shown["owner"] or {}).get("id") == str(agent.id)
            if future is not None and mine and not future.done():
                future.set_result((time.perf_counter(), agent))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--open", type=int, default=2000)
    parser.add_argument("--samples", type=int, default=150)
    parser.add_argument("--chatter", type=float, default=5.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is stopped then, too
    with tempfile.TemporaryDirectory() as home, _stores(Path(home)) as settings:
        agents = asyncio.run(_fill(settings, given.agents, given.open))
        with _desk(settings) as pids:
            figures = asyncio.run(_measure(settings, agents, given, pids))
    if given.json:
        print(json.dumps(asdict(figures)))
        return
    table = Table("step", "count", "p50 ms", "p95 ms", "longest ms")
    for name, times in (("handoff → agent", figures.handoff), ("reply → customer", figures.reply)):
        table.add_row(
            name, str(times.count), *(f"{ms:.0f}" for ms in (times.p50, times.p95, times.longest))
        )
    Console().print(table)
    Console().print(f"cores used: {figures.cpu}")


@contextmanager
def _stores(home: Path) -> Iterator[Settings]:
    with running_postgres() as cluster, running_valkey() as valkey, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        url = cluster.create("desk")
        settings = settings_for(url, valkey.connection_url, home, port=port)
        bootstrap.migrate(settings)
        bootstrap.prepare(settings)
        yield settings


async def _fill(settings: Settings, agents: int, conversations: int) -> list[Agent]:
    """Agents with sessions, and open conversations."""
    database = Database(settings.sqlalchemy_url, SilentBus())
    made = [
        Agent(new_id(), secrets.token_urlsafe(32), secrets.token_urlsafe(16)) for _ in range(agents)
    ]
    customers = [new_id() for _ in range(conversations)]
    async with database.transaction() as tx:
        await tx.execute(insert(Staff), [_staff(agent, place) for place, agent in enumerate(made)])
        await tx.execute(insert(StaffSession), [_session(agent) for agent in made])
        await tx.execute(
            insert(Customer), [{"id": each, "display_name": "访客"} for each in customers]
        )
        await tx.execute(
            insert(Conversation),
            [_conversation(each, place, made) for place, each in enumerate(customers)],
        )
    await database.dispose()
    return made


def _staff(agent: Agent, place: int) -> dict[str, object]:
    return {
        "id": agent.id,
        "username": f"load-{place}",
        "display_name": f"客服{place}",
        "role": "agent",
        "password_hash": "-",
        "capacity": 50,
    }


def _session(agent: Agent) -> dict[str, object]:
    return {
        "token_hash": digest(agent.cookie),
        "staff_id": agent.id,
        "csrf_token": agent.csrf_token,
        "expires_at": now() + timedelta(hours=1),
    }


def _conversation(customer_id: UUID, place: int, agents: list[Agent]) -> dict[str, object]:
    held = place < len(agents) * _HELD
    return {
        "id": new_id(),
        "customer_id": customer_id,
        "state": "active" if held else "bot",
        "owner_id": agents[place % len(agents)].id if held else None,
        "last_seq": 1,
    }


@contextmanager
def _desk(settings: Settings) -> Iterator[dict[str, int]]:
    """One api process and one worker; gives their process ids."""
    environment = {
        **os.environ,
        "FENZHEN_HOME": str(settings.home),
        "FENZHEN_PORT": str(settings.port),
        "FENZHEN_DATABASE_URL": settings.database_url.get_secret_value(),
        "FENZHEN_REDIS_URL": settings.redis_url.get_secret_value(),
        "FENZHEN_SERVICE_TOKEN": settings.service_token.get_secret_value(),
        "FENZHEN_DATA_KEY": settings.data_key.get_secret_value(),
        "OMP_NUM_THREADS": "1",
    }
    api = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory"]
    api += ["--host", "127.0.0.1", "--port", str(settings.port), "--no-access-log"]
    api += ["--ws-ping-interval", "5", "--ws-ping-timeout", "5"]
    commands = {"api": api, "worker": [sys.executable, "-m", "api.worker"]}
    started: dict[str, subprocess.Popen[bytes]] = {}
    with (settings.home / "desk.log").open("wb") as log:
        try:
            for name, command in commands.items():
                started[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            yield {name: process.pid for name, process in started.items()}
        finally:
            for process in started.values():
                process.send_signal(signal.SIGTERM)
            for process in started.values():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(10)
                process.kill()


async def _measure(
    settings: Settings, agents: list[Agent], given: argparse.Namespace, pids: dict[str, int]
) -> Figures:
    address = f"127.0.0.1:{settings.port}"
    handoffs: list[float] = []
    replies: list[float] = []
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=f"http://{address}", timeout=30, trust_env=False)
        )
        await _ready(http)
        consoles = Consoles(address)
        listening = [await consoles.open(stack, agent) for agent in agents]
        talkers: list[str] = []
        chatter = asyncio.create_task(_chatter(http, talkers, given.chatter))
        before = {name: sum(psutil.Process(pid).cpu_times()[:2]) for name, pid in pids.items()}
        began = time.perf_counter()
        for _ in range(given.samples):
            handoff, reply, token = await _one(http, address, consoles)
            handoffs.append(handoff)
            replies.append(reply)
            talkers.append(token)
            await asyncio.sleep(0.2)
        passed = time.perf_counter() - began
        cpu = {
            name: round((sum(psutil.Process(pid).cpu_times()[:2]) - before[name]) / passed, 2)
            for name, pid in pids.items()
        }
        for task in (chatter, *listening):
            task.cancel()
        await asyncio.gather(chatter, *listening, return_exceptions=True)
    return Figures(given.agents, given.open, _times(handoffs), _times(replies), cpu)


async def _ready(http: httpx.AsyncClient) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            parts = (await http.get("/health/ready")).json()["parts"]
            if parts["database"]["ok"] and parts["worker"]["ok"]:
                return
        await asyncio.sleep(0.2)
    raise TimeoutError("the desk has not started")


async def _one(
    http: httpx.AsyncClient, address: str, consoles: Consoles
) -> tuple[float, float, str]:
    """One customer: milliseconds to the agent's screen and of the reply, and their token."""
    opened = (await http.post("/api/v1/visitor/sessions", json={})).json()
    token, conversation_id = opened["token"], opened["conversation_id"]
    shown = consoles.expect(conversation_id)
    async with connect(f"ws://{address}/api/v1/visitor/ws", proxy=None) as page:
        await page.send(json.dumps({"type": "auth", "token": token, "after": 0}))
        await page.recv()
        began = time.perf_counter()
        await _say(http, token, "转人工")
        at, agent = await asyncio.wait_for(shown, _LONGEST_SECONDS)
        handoff = at - began
        answered = asyncio.create_task(_hear(page))
        began = time.perf_counter()
        await http.post(
            f"/api/v1/conversations/{conversation_id}/messages",
            json={"text": "您好，我来处理", "client_id": uuid4().hex},
            cookies={COOKIE: agent.cookie},
            headers={CSRF_HEADER: agent.csrf_token},
        )
        reply = await asyncio.wait_for(answered, _LONGEST_SECONDS) - began
    return handoff * 1000, reply * 1000, token


async def _hear(page: ClientConnection) -> float:
    """When the agent's message is on the customer's page."""
    async for raw in page:
        frame = json.loads(raw)
        if frame["type"] == "message" and frame["message"]["author"] == "agent":
            return time.perf_counter()
    raise ConnectionError("the page was closed")


async def _say(http: httpx.AsyncClient, token: str, text: str) -> None:
    answer = await http.post(
        "/api/v1/visitor/messages",
        json={"text": text, "client_id": uuid4().hex},
        headers={"Authorization": f"Bearer {token}"},
    )
    answer.raise_for_status()


async def _chatter(http: httpx.AsyncClient, tokens: list[str], rate: float) -> None:
    """Customers who have an agent go on writing, one after the other."""
    turn = 0
    while rate > 0:
        await asyncio.sleep(1 / rate)
        if tokens:
            turn += 1
            await _say(http, tokens[turn % len(tokens)], "还有一点要补充")


def _times(values: list[float]) -> Times:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]
    return Times(len(ordered), statistics.median(ordered), p95, ordered[-1])


if __name__ == "__main__":
    main()
