"""Agents of a running desk and the customers they serve, over the public API."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from websockets.exceptions import InvalidHandshake, WebSocketException

from api.auth.dependencies import COOKIE, CSRF_HEADER
from tests.support.desk_work import ok, path_of
from tests.support.rig import Visitor
from tests.support.running_desk import PASSWORD
from tests.support.sockets import Page, page
from tests.support.waiting import eventually

CONSOLE = "/api/v1/agent/ws"
_AGAIN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the staff, signed in; `name` is what customers are told."""

    http: httpx.AsyncClient
    id: str
    name: str

    @asynccontextmanager
    async def console(self, url: str | None = None) -> AsyncIterator[Page]:
        """Their console, open and ready; at another address of the desk if given."""
        address = httpx.URL(url or self.http.base_url).netloc.decode()
        headers = {"Cookie": f"{COOKIE}={self.http.cookies[COOKIE]}"}
        async with page(address, CONSOLE, additional_headers=headers) as open_page:
            await open_page.until("ready")
            yield open_page

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """A console that is opened again whenever its connection breaks, as the page does."""
        opened = asyncio.Event()

        async def stay() -> None:
            while True:
                with contextlib.suppress(OSError, WebSocketException, InvalidHandshake):
                    async with self.console() as open_page:
                        opened.set()
                        while True:
                            await open_page.next(60)
                await asyncio.sleep(_AGAIN_SECONDS)

        staying = asyncio.create_task(stay())
        try:
            await asyncio.wait_for(opened.wait(), 15)
            yield
        finally:
            staying.cancel()
            await asyncio.gather(staying, return_exceptions=True)


@dataclass
class Crew:
    """Who works, who leads, and the customers of one test."""

    url: str
    stack: AsyncExitStack
    agents: list[Colleague] = field(default_factory=list)
    visitors: list[Visitor] = field(default_factory=list)
    admin: Colleague = field(init=False)

    async def client(self, url: str | None = None) -> httpx.AsyncClient:
        """A connection to the desk, at another address of it if given."""
        made = httpx.AsyncClient(base_url=url or self.url, timeout=20, trust_env=False)
        return await self.stack.enter_async_context(made)

    async def signed_in(self, username: str, url: str | None = None) -> Colleague:
        """A session of theirs."""
        http = await self.client(url)
        body = {"username": username, "password": PASSWORD}
        opened = await ok(http.post("/api/v1/auth/login", json=body))
        http.headers[CSRF_HEADER] = opened["csrf_token"]
        return Colleague(http, opened["user"]["id"], opened["user"]["display_name"])

    async def visitor(self, url: str | None = None) -> Visitor:
        """A new customer."""
        http = await self.client(url)
        opened = await ok(http.post("/api/v1/visitor/sessions", json={}), 201)
        http.headers["Authorization"] = f"Bearer {opened['token']}"
        made = Visitor(http, opened["token"], UUID(opened["conversation_id"]))
        self.visitors.append(made)
        return made

    async def shown(self, visitor: Visitor) -> dict[str, Any]:
        """The customer's conversation as it is now."""
        return await ok(self.admin.http.get(path_of(visitor)))

    async def owned(self, visitor: Visitor, by: Colleague, seconds: float = 15) -> None:
        """Wait until they have it."""

        async def has_it() -> bool:
            found = await self.shown(visitor)
            return bool(found["state"] == "active" and found["owner"]["id"] == by.id)

        await eventually(has_it, f"{by.name} has it", seconds)

    async def agent(self, name: str, capacity: int) -> Colleague:
        """An agent who works here, with an account from an earlier test if there is one."""
        username = username_of(name)
        items = (await ok(self.admin.http.get("/api/v1/agents")))["items"]
        known = [each["id"] for each in items if each["username"] == username]
        if not known:
            person = {"username": username, "display_name": name, "role": "agent"}
            body = {**person, "password": PASSWORD}
            known = [(await ok(self.admin.http.post("/api/v1/agents", json=body), 201))["id"]]
        made = await self.signed_in(username)
        for mine in await self._all(made, "/api/v1/conversations?view=mine&limit=100"):
            await self._end(f"/api/v1/conversations/{mine['id']}")
        await self._change(known[0], capacity)
        await ok(made.http.put("/api/v1/agents/me/presence", json={"presence": "online"}))
        self.agents.append(made)
        return made

    async def empty_queue(self) -> None:
        """Whoever an earlier test has left waiting would be given to the agents of this one."""
        for waiting in await self._all(self.admin, "/api/v1/queue"):
            await self._end(f"/api/v1/conversations/{waiting['conversation']['id']}")

    async def go_home(self) -> None:
        """Nothing of this test is left to do for the tests that come."""
        for each in self.agents:
            await self._change(each.id, 0)
        for visitor in self.visitors:
            if (await self.shown(visitor))["state"] not in ("bot", "wrap_up", "closed"):
                await self._end(path_of(visitor))

    async def _all(self, who: Colleague, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await ok(who.http.get(path)))["items"]
        return found

    async def _end(self, path: str) -> None:
        await self.admin.http.post(f"{path}/take")
        await ok(self.admin.http.post(f"{path}/close", json={"result": "resolved"}))

    async def _change(self, staff_id: str, capacity: int) -> None:
        path = f"/api/v1/agents/{staff_id}"
        await ok(self.admin.http.put(path, json={"capacity": capacity}))


def username_of(name: str) -> str:
    """What an agent of this name signs in with."""
    return f"t-{name.encode().hex()}"


@asynccontextmanager
async def crew_of(url: str, *names: str, capacity: int = 8) -> AsyncIterator[Crew]:
    """Agents of these names at the desk at `url`; afterwards they have gone home."""
    async with AsyncExitStack() as stack:
        made = Crew(url, stack)
        made.admin = await made.signed_in("admin")
        await made.empty_queue()
        try:
            for name in names:
                await made.agent(name, capacity)
            yield made
        finally:
            await made.go_home()


async def persistently(
    send: Callable[[], Awaitable[httpx.Response]],
) -> tuple[httpx.Response, bool]:
    """Ask until there is an answer; and whether an earlier attempt may have got through."""
    unsure = False
    async with asyncio.timeout(60):
        while True:
            try:
                return await send(), unsure
            except httpx.ConnectError:
                pass
            except httpx.TransportError:
                unsure = True
            await asyncio.sleep(_AGAIN_SECONDS)
