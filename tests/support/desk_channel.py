"""A small real HTTP server in the place of Rasa's desk channel; it says what it is told to say."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WEBHOOK = "/webhooks/desk/webhook"
HEALTH = "/webhooks/desk/"


class DeskChannel:
    """`answer` with `status` is sent to every question; `stuck` questions wait for `release`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.status = 200
        self.answer: bytes = b"{}"
        self.health: bytes = b'{"status": "ok", "models": {}}'
        self.stuck = False
        self.release = threading.Event()
        self.asked: list[dict[str, Any]] = []


@contextmanager
def desk_channel() -> Iterator[DeskChannel]:
    """The server on a free port, for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200 if self.path == HEALTH else 404, channel.health)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            channel.asked.append(
                {
                    "path": self.path,
                    "authorization": self.headers["Authorization"],
                    "body": json.loads(body),
                }
            )
            if channel.stuck:
                channel.release.wait(10)
            self._send(channel.status, channel.answer)

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionResetError, BrokenPipeError):
                return  # the caller did not wait

        def log_message(self, *_arguments: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        channel = DeskChannel(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield channel
        finally:
            channel.release.set()
            server.shutdown()
            thread.join()
