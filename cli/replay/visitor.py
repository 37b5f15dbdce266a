"""A simulated customer: one conversation over the visitor API (docs/architecture.md §2).

Whatever cuts the connection, the visitor comes back, asks for everything after the last `seq` it
has seen, and sends an unaccepted message again with the same `client_id`, which is harmless.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0
CONNECT_SECONDS = 10.0
QUIET_SECONDS = 5.0
"""After so long without a frame the visitor asks over HTTP whether the turn is over."""
TOKEN_WRONG = 4401
RETRYABLE = frozenset({"unavailable", "too_many_attempts"})
"""Error codes that say: the same again later."""


class Socket(Protocol):
    """What a visitor needs of a WebSocket."""

    async def send(self, message: str, /) -> None:
        """Send one frame."""

    async def recv(self) -> str | bytes:
        """The next frame; ConnectionClosed when there will be none."""

    async def close(self) -> None:
        """Leave."""


Connect = Callable[[str], Awaitable[Socket]]
"""Opens the visitor WebSocket of the desk at an address."""


async def connect_websocket(url: str) -> Socket:
    """The real thing."""
    return await connect(
        url.replace("http", "ws", 1) + "/api/v1/visitor/ws",
        open_timeout=CONNECT_SECONDS,
        close_timeout=1,
        ping_interval=10,
        ping_timeout=10,
        compression=None,
        proxy=None if is_local(url) else True,
    )


class TurnFailed(Exception):
    """A turn that cannot succeed any more; `reason` is a stable word for counting."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _TryAgain(Exception):
    """The desk asked to send again later."""


@dataclass
class Turn:
    """One customer message and what became of it; moments are of the monotonic clock."""

    text: str
    client_id: str = field(default_factory=lambda: uuid4().hex)
    sent: float = field(default_factory=time.monotonic)
    message_id: str | None = None
    accepted: float | None = None
    answered: float | None = None
    handled: bool = False
    outcome: str | None = None

    @property
    def accept_seconds(self) -> float | None:
        """From sending to acceptance."""
        return None if self.accepted is None else self.accepted - self.sent

    @property
    def answer_seconds(self) -> float | None:
        """From acceptance to the first word of the desk, or to the end of a turn without one."""
        if self.accepted is None or self.answered is None:
            return None
        return max(0.0, self.answered - self.accepted)


class Visitor:
    """One customer. `open` first, then `say` turn by turn, then `close`."""

    def __init__(
        self,
        url: str,
        http: httpx.AsyncClient,
        turn_seconds: float,
        connect: Connect = connect_websocket,
    ) -> None:
        self._url = url
        self._connect_to = connect
        self._http = http
        self._turn_seconds = turn_seconds
        self._token = ""
        self._seq = 0
        self._socket: Socket | None = None
        self.conversation_id = ""

    async def open(self) -> None:
        """Begin a conversation; tried again until the turn deadline, then `TurnFailed`."""
        async with _deadline(self._turn_seconds, "session"):
            async for _ in _attempts():
                answer = await self._open_once()
                if answer is not None:
                    self._token = answer["token"]
                    self.conversation_id = answer["conversation_id"]
                    return

    async def say(self, text: str) -> Turn:
        """Send one message and wait until its turn is over.

        Raises TurnFailed: `timeout` after the deadline, or the code the desk refused it with.
        """
        turn = Turn(text)
        async with _deadline(self._turn_seconds, "timeout"):
            async for _ in _attempts():
                try:
                    await self._converse(turn)
                except ConnectionClosed as closed:
                    if closed.rcvd is not None and closed.rcvd.code == TOKEN_WRONG:
                        raise TurnFailed("session_expired") from closed
                except InvalidStatus as refused:
                    if refused.response.status_code in range(400, 429):
                        raise TurnFailed(f"http_{refused.response.status_code}") from refused
                except _TryAgain:
                    continue
                except (OSError, WebSocketException, httpx.HTTPError, EOFError):
                    pass
                except (KeyError, TypeError, ValueError) as error:
                    raise TurnFailed("unreadable_frame") from error
                if turn.handled:
                    break
                await self.close()
        return turn

    async def close(self) -> None:
        """Leave."""
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close()

    async def _open_once(self) -> Mapping[str, str] | None:
        try:
            answer = await self._http.post(f"{self._url}/api/v1/visitor/sessions", json={})
        except httpx.HTTPError:
            return None
        if answer.status_code == httpx.codes.CREATED:
            body: Mapping[str, str] = answer.json()
            return body
        if answer.is_client_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            raise TurnFailed(f"http_{answer.status_code}")
        return None

    async def _converse(self, turn: Turn) -> None:
        """Connect where needed, send where needed, and read until the turn is over."""
        socket = self._socket or await self._connect(turn)
        if turn.accepted is None:
            message = {"type": "message", "text": turn.text, "client_id": turn.client_id}
            await socket.send(json.dumps(message, ensure_ascii=False))
        while not turn.handled:
            try:
                async with asyncio.timeout(QUIET_SECONDS):
                    frame = json.loads(await socket.recv())
            except TimeoutError:
                await self._ask(turn)
            else:
                self._take(frame, turn)

    async def _connect(self, turn: Turn) -> Socket:
        self._socket = socket = await self._connect_to(self._url)
        hello = {"type": "auth", "token": self._token, "after": self._seq}
        await socket.send(json.dumps(hello))
        async with asyncio.timeout(CONNECT_SECONDS):
            self._take(json.loads(await socket.recv()), turn)
        return socket

    async def _ask(self, turn: Turn) -> None:
        """The same over HTTP, should the word that a turn is over have been lost."""
        answer = await self._http.get(
            f"{self._url}/api/v1/visitor/messages",
            params={"after": self._seq, "wait": 0},
            headers={"Authorization": f"Bearer {self._token}"},
        )
        if answer.is_success:
            self._catch_up(answer.json(), turn)

    def _take(self, frame: Mapping[str, Any], turn: Turn) -> None:
        kind = frame["type"]
        if kind == "ready":
            self._catch_up(frame, turn)
        elif kind == "message":
            self._hear(frame["message"], turn)
        elif kind == "accepted" and frame["client_id"] == turn.client_id:
            self._accepted(frame["id"], turn)
        elif kind == "handled" and frame["message_id"] == turn.message_id:
            turn.outcome = frame["outcome"]
            self._over(turn)
        elif kind == "error" and frame.get("client_id") in (None, turn.client_id):
            code = str(frame["error"]["code"])
            raise _TryAgain if code in RETRYABLE else TurnFailed(code)

    def _catch_up(self, state: Mapping[str, Any], turn: Turn) -> None:
        for message in state["messages"]:
            self._hear(message, turn)
        if turn.message_id is not None and turn.message_id not in state["pending"]:
            self._over(turn)

    def _hear(self, message: Mapping[str, Any], turn: Turn) -> None:
        self._seq = max(self._seq, message["seq"])
        if message["author"] == "customer":
            if message.get("client_id") == turn.client_id:
                self._accepted(message["id"], turn)
        elif (
            turn.accepted is not None
            and turn.answered is None
            # a late word about an earlier turn is not the answer to this one
            and message.get("reply_to") in (None, turn.message_id)
        ):
            turn.answered = time.monotonic()

    def _accepted(self, message_id: str, turn: Turn) -> None:
        if turn.accepted is None:
            turn.message_id = message_id
            turn.accepted = time.monotonic()

    def _over(self, turn: Turn) -> None:
        turn.handled = True
        if turn.answered is None:
            turn.answered = time.monotonic()


def is_local(url: str) -> bool:
    """Whether the address is this machine's, so that no proxy may come between."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _attempts() -> AsyncIterator[int]:
    """Count attempts, with growing pauses between them."""
    pause = FIRST_PAUSE_SECONDS
    attempt = 0
    while True:
        yield attempt
        attempt += 1
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


@asynccontextmanager
async def _deadline(seconds: float, reason: str) -> AsyncIterator[None]:
    """A timeout that ends in `TurnFailed`."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise TurnFailed(reason) from error
