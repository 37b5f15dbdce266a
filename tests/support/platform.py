"""WeChat's API at its simplest, without sockets: it takes down what it is sent and answers as told.

The simulator (`tests/support/wechat`) is the faithful one; this one is for single answers.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

Answer = dict[str, Any] | Exception


@dataclass
class Platform:
    """Answers `errcode` 0 unless `answers` holds something for the path."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Path and body of every call but those for tokens."""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    """By the end of a path: what is answered next; an exception is raised instead."""
    tokens: list[str] = field(default_factory=lambda: ["token-1"])
    """The last one is valid; a forced refresh adds one."""
    expires_in: int = 7200
    token_calls: list[dict[str, Any]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    hold: asyncio.Event | None = None
    """Until it is set, calls are taken and not answered."""

    @property
    def transport(self) -> httpx.MockTransport:
        """What an `httpx.AsyncClient` talks to."""
        return httpx.MockTransport(self._answer)

    def sent(self) -> list[dict[str, Any]]:
        """The bodies of all messages that were sent."""
        return [body for path, body in self.calls if path.endswith(("/send", "/send_msg"))]

    def texts(self) -> list[str]:
        """What the customer reads, in order."""
        return [
            body["text"]["content"]
            if body["msgtype"] == "text"
            else body.get("msgmenu", {}).get("head_content", body["msgtype"])
            for body in self.sent()
        ]

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        path, query = request.url.path, dict(request.url.params)
        if path.endswith("/gettoken"):
            return self._token(query)
        if path.endswith("/stable_token"):
            return self._token(json.loads(request.content))
        scripted = self._scripted(path)
        if isinstance(scripted, httpx.ConnectError):
            raise scripted
        if query["access_token"] != self.tokens[-1]:
            return _json({"errcode": 40001, "errmsg": "invalid credential"})
        self.raw.append(request.content)
        self.calls.append((path, _body(request)))
        if self.hold is not None:
            await self.hold.wait()
        if isinstance(scripted, Exception):
            raise scripted
        return _json({"errcode": 0, "errmsg": "ok"} if scripted is None else scripted)

    def _scripted(self, path: str) -> Answer | None:
        for end, answers in self.answers.items():
            if path.endswith(end) and answers:
                return answers.pop(0)
        return None

    def _token(self, asked: dict[str, Any]) -> httpx.Response:
        self.token_calls.append(asked)
        scripted = self._scripted("token")
        if isinstance(scripted, Exception):
            raise scripted
        if scripted is not None:
            return _json(scripted)
        if asked.get("force_refresh"):
            self.tokens.append(f"token-{time.monotonic_ns()}")
        found = {"access_token": self.tokens[-1], "expires_in": self.expires_in}
        return _json({"errcode": 0, "errmsg": "ok", **found})


def _json(content: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json=content)


def _body(request: httpx.Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").startswith("multipart/"):
        return {"multipart": request.content}
    return dict(json.loads(request.content)) if request.content else {}
