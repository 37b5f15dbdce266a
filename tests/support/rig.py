"""The desk under test: the real app on a database of its own, and people who use it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select, text

from api.app import create_app, open_desk
from api.assistant import Assistant, EchoAssistant
from api.auth.dependencies import COOKIE, CSRF_HEADER
from api.auth.tokens import digest, new_token
from api.context import Desk
from api.conversations.turns import TurnRunner
from api.db import Database
from api.ids import now
from api.learning.labelling import Labeller
from api.models import Staff, StaffSession, Turn
from api.settings import Settings
from tests.support.labelling import NoLabels

PASSWORD = "only-for-the-tests-2026"
SERVICE_TOKEN = "service-token-for-the-tests-only"
DATA_KEY = "data-key-for-the-tests-only-2026-11"
BASE = "http://desk.test"
NOBODY = "http://127.0.0.1:9"
"""Where nobody answers."""


def settings_for(database_url: str, redis_url: str, home: Path, **changes: Any) -> Settings:
    """Settings of a desk that has no bot and no action server."""
    return Settings(
        home=home,
        database_url=SecretStr(database_url),
        redis_url=SecretStr(redis_url),
        service_token=SecretStr(SERVICE_TOKEN),
        data_key=SecretStr(DATA_KEY),
        demo_password=SecretStr(PASSWORD),
        rasa_url="http://127.0.0.1:9",
        actions_url="http://127.0.0.1:9",
        **{"wechat_api_url": NOBODY, "wecom_api_url": NOBODY, **changes},
    )


@dataclass(frozen=True)
class Visitor:
    """A customer on the web page, over plain HTTP."""

    http: httpx.AsyncClient
    token: str
    conversation_id: UUID

    async def send(self, message: str, client_id: str | None = None) -> httpx.Response:
        """Send; the answer as it is."""
        return await self.http.post(
            "/api/v1/visitor/messages",
            json={"text": message, "client_id": client_id or uuid4().hex},
        )

    async def say(self, message: str, client_id: str | None = None) -> dict[str, Any]:
        """Send, and make sure that it was accepted."""
        answer = await self.send(message, client_id)
        assert answer.status_code == 202, answer.text
        accepted: dict[str, Any] = answer.json()
        return accepted

    async def read(self, after: int = 0, wait: float = 0) -> dict[str, Any]:
        """Messages, conversation and pending turns."""
        answer = await self.http.get(
            "/api/v1/visitor/messages", params={"after": after, "wait": wait}
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def texts(self, author: str | None = None) -> list[str]:
        """What the customer sees, of one author if given."""
        found = await self.read()
        return [item["text"] for item in found["messages"] if author in (None, item["author"])]


@dataclass(frozen=True)
class Rig:
    """A running desk. `tx()` looks into its database, `run_turns` is its worker."""

    app: FastAPI
    desk: Desk
    stack: AsyncExitStack

    @property
    def database(self) -> Database:
        """The desk's database."""
        return self.desk.database

    async def client(self, address: str = "127.0.0.1", **options: Any) -> httpx.AsyncClient:
        """An HTTP client of the app at a network address; server errors are answers, as for a real
        client."""
        transport = httpx.ASGITransport(
            self.app, raise_app_exceptions=False, client=(address, 40000)
        )
        made = httpx.AsyncClient(transport=transport, base_url=BASE, **options)
        return await self.stack.enter_async_context(made)

    async def visitor(self, display_name: str | None = None) -> Visitor:
        """A new customer with a conversation."""
        http = await self.client()
        answer = await http.post("/api/v1/visitor/sessions", json={"display_name": display_name})
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        http.headers["Authorization"] = f"Bearer {opened['token']}"
        return Visitor(http, opened["token"], UUID(opened["conversation_id"]))

    async def staff(self, username: str = "agent") -> httpx.AsyncClient:
        """A signed-in member of staff; without the slow hash of a password."""
        token, csrf_token = new_token(), new_token()
        async with self.database.transaction() as tx:
            found = await tx.scalar(select(Staff).where(Staff.username == username))
            assert found is not None
            session = StaffSession(
                token_hash=digest(token),
                staff_id=found.id,
                csrf_token=csrf_token,
                expires_at=now() + timedelta(hours=1),
            )
            tx.add(session)
        return await self.client(cookies={COOKIE: token}, headers={CSRF_HEADER: csrf_token})

    async def colleague(self, username: str) -> httpx.AsyncClient:
        """One more agent, signed in."""
        async with self.database.transaction() as tx:
            tx.add(Staff(username=username, display_name=username, role="agent", password_hash="-"))
        return await self.staff(username)

    async def gateway(self) -> httpx.AsyncClient:
        """One of the desk's own processes."""
        return await self.client(headers={"Authorization": f"Bearer {SERVICE_TOKEN}"})

    def runner(
        self, assistant: Assistant | None = None, labeller: Labeller | None = None
    ) -> TurnRunner:
        """What the worker runs turns with."""
        return TurnRunner(
            self.database,
            assistant or EchoAssistant(),
            labeller or NoLabels(),
            self.desk.settings,
        )

    async def run_turns(
        self, assistant: Assistant | None = None, labeller: Labeller | None = None
    ) -> None:
        """Run every turn that is not over, oldest first."""
        runner = self.runner(assistant, labeller)
        query = select(Turn.message_id).where(Turn.state != "done").order_by(Turn.created_at)
        async with self.database.transaction() as tx:
            waiting = (await tx.scalars(query)).all()
        for message_id in waiting:
            await runner.run(message_id)

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        """Rows of a query in plain SQL."""
        async with self.database.transaction() as tx:
            return list((await tx.execute(text(statement), values)).all())

    async def scalar(self, statement: str, **values: Any) -> Any:
        """The first value of a query in plain SQL."""
        async with self.database.transaction() as tx:
            return await tx.scalar(text(statement), values)


@asynccontextmanager
async def rig_for(settings: Settings) -> AsyncIterator[Rig]:
    """The app with a desk of these settings; listening to Redis when the block begins."""
    with _an_app(settings) as app:
        async with open_desk(settings) as desk, AsyncExitStack() as stack:
            app.state.desk = desk
            yield Rig(app, desk, stack)


_IDLE: dict[tuple[str, ...], list[FastAPI]] = {}
"""Apps that no test uses, by the origins they allow."""


@contextmanager
def _an_app(settings: Settings) -> Iterator[FastAPI]:
    """One for the length of the block: it builds its routes when it is first asked, which takes
    longer than many a test, so another test has had it before."""
    idle = _IDLE.setdefault(settings.allowed_origins, [])
    app = idle.pop() if idle else create_app(settings)
    try:
        yield app
    finally:
        idle.append(app)


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The app behind a real uvicorn in a thread of its own; gives its `host:port`."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            create_app(settings), log_level="error", timeout_graceful_shutdown=2
        )
        server = uvicorn.Server(config)
        started = threading.Event()

        def run() -> None:
            asyncio.run(_serve(server, listener, started))

        thread = threading.Thread(target=run, name="uvicorn")
        thread.start()
        try:
            assert started.wait(15), "the server has not started"
            yield address
        finally:
            server.should_exit = True
            thread.join(15)


async def _serve(server: uvicorn.Server, listener: socket.socket, started: threading.Event) -> None:
    serving = asyncio.create_task(server.serve([listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110  uvicorn has no event
        await asyncio.sleep(0.01)
    started.set()
    await serving
