"""A desk's callback as small as can be, and simulators that push to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from simulator.wechat.clock import StoppedClock
from simulator.wechat.rules import Rules
from simulator.wechat.simulator import Simulator

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


class LittleDesk:
    """Answers callbacks as it is told; `stuck` ones wait until `release` is set."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b"success"
        self.stuck = 0
        self.release = asyncio.Event()
        self.seen: list[tuple[dict[str, str], bytes]] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((dict(request.url.params), request.content))
        if self.stuck:
            self.stuck -= 1
            await self.release.wait()
        return httpx.Response(self.status, content=self.body)


@asynccontextmanager
async def simulated(
    desk: LittleDesk | None = None, **rules: Any
) -> AsyncIterator[tuple[Simulator, LittleDesk, StoppedClock]]:
    """A simulator with a clock that stands still, in front of a little desk."""
    little, clock = desk or LittleDesk(), StoppedClock(NOON)
    http = httpx.AsyncClient(transport=httpx.MockTransport(little))
    simulator = Simulator("http://desk.test", clock=clock, rules=Rules(**rules), http=http)
    try:
        yield simulator, little, clock
    finally:
        await simulator.close()
