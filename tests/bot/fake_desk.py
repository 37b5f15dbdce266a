"""The desk's internal address as a small HTTP server: `MemoryGateway` over real sockets.

Also a model server, and a log of every request the bot made.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from actions.gateway import GatewayError, HandoffRequest, TicketRequest
from tests.contract.actions.memory_gateway import MemoryGateway
from tests.contract.actions.memory_shop import refusal

_COMMERCE = "/internal/v1/commerce"
TOKEN = "test-service-token"


class FakeDesk:
    """A running fake; `url` is what `FENZHEN_API_URL` would be."""

    def __init__(self, gateway: MemoryGateway, model: Path | None) -> None:
        self.gateway = gateway
        self.model = model
        self.canary: Path | None = None
        self.url = ""
        self._lock = threading.Lock()

    def answer(self, path: str, body: Mapping[str, Any]) -> tuple[int, bytes]:
        """Status and body of a request to the gateway."""
        with self._lock:
            try:
                return 200, json.dumps(asyncio.run(self._answer(path, body))).encode()
            except GatewayError as error:
                status, refused = refusal(error)
                return status, json.dumps(refused).encode()

    async def _answer(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if path == "/internal/v1/knowledge/lookup":
            entries = await self.gateway.lookup(body["keys"], body["conversation_id"])
            return {"entries": [entry.model_dump() for entry in entries]}
        if path == "/internal/v1/tickets":
            return (await self.gateway.open_ticket(TicketRequest(**body))).model_dump(mode="json")
        if path == "/internal/v1/handoffs":
            return (await self.gateway.hand_off(HandoffRequest(**body))).model_dump()
        if path.startswith(_COMMERCE):
            return await self.gateway.shop_answer(path.removeprefix(_COMMERCE), body)
        raise KeyError(path)


@contextmanager
def fake_desk(gateway: MemoryGateway, model: Path | None = None) -> Iterator[FakeDesk]:
    """A fake desk on a free port of loopback."""
    desk = FakeDesk(gateway, model)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if self.headers["authorization"] != f"Bearer {TOKEN}":
                self._send(401, b"{}")
                return
            self._send(*desk.answer(self.path, body))

        def do_GET(self) -> None:
            served = {
                "/internal/v1/models/production": desk.model,
                "/internal/v1/models/canary": desk.canary,
            }
            model = served.get(self.path)
            if model is None:
                self._send(204, b"")
            elif self.headers.get("if-none-match") == model.name:
                self._send(304, b"")
            else:
                self._send(200, model.read_bytes(), {"ETag": model.name})

        def _send(self, status: int, content: bytes, more: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (more or {}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    desk.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
