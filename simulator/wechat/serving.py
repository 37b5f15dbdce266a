"""The app behind a real HTTP server, one that can cut connections."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.wechat.app import KF, OFFICIAL, create_app
from simulator.wechat.simulator import Simulator


class _Cuttable(HttpToolsProtocol):
    """Lets a request end its connection without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "abort": transport.abort}


class _Beside(uvicorn.Server):
    """A server that leaves the signals to the program it runs in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def settings_for(address: str) -> dict[str, str]:
    """The desk's variables that lead it to a simulator at `address`."""
    return {"FENZHEN_WECHAT_API_URL": address + OFFICIAL, "FENZHEN_WECOM_API_URL": address + KF}


@asynccontextmanager
async def serving(
    simulator: Simulator, port: int = 0, host: str = "127.0.0.1"
) -> AsyncIterator[str]:
    """Serve it in this event loop for the length of the block; gives its address."""
    with socket.socket() as listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            address = f"http://{host}:{listener.getsockname()[1]}"
            simulator.world.address = address
            async with _running(simulator, listener):
                yield address
        finally:
            await simulator.close()


@asynccontextmanager
async def _running(simulator: Simulator, listener: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(
        create_app(simulator),
        http=_Cuttable,
        ws="none",
        lifespan="off",
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = _Beside(config)
    running = asyncio.create_task(server.serve([listener]))
    try:
        while not server.started and not running.done():  # noqa: ASYNC110  uvicorn has no event
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await running
