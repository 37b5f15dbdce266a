"""A bot in the place of Rasa's desk channel that repeats what it was asked, as a real server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def _answer(request: Request) -> JSONResponse:
    asked = await request.json()
    return JSONResponse(
        {
            "replies": [{"text": f"收到：{asked['message']}", "buttons": [], "kind": "text"}],
            "outcome": "small_talk",
            "answers": [],
            "suggestions": [],
            "nlu": {"intent": {"name": "greet", "confidence": 0.99}},
            "slots": {},
            "active_form": None,
            "model": None,
            "replayed": False,
        }
    )


async def _healthy(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


class _Beside(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def echo_bot() -> AsyncIterator[str]:
    """Served in this event loop for the length of the block; gives its address."""
    app = Starlette(
        routes=[
            Route("/webhooks/desk/webhook", _answer, methods=["POST"]),
            Route("/webhooks/desk/", _healthy),
        ]
    )
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = _Beside(
            uvicorn.Config(app, ws="none", lifespan="off", log_level="critical", access_log=False)
        )
        running = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running
