"""A customer who talks to a running desk over the public visitor API."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import httpx


class Visitor:
    """One visitor with a conversation."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=35, trust_env=False)
        opened = self._client.post("/api/v1/visitor/sessions", json={})
        opened.raise_for_status()
        self.conversation_id = opened.json()["conversation_id"]
        self._client.headers["Authorization"] = f"Bearer {opened.json()['token']}"
        self._seq = 0

    def close(self) -> None:
        """Leave the page."""
        self._client.close()

    def send(self, text: str) -> str:
        """Send a message; returns its id once it is accepted."""
        answer = self._client.post(
            "/api/v1/visitor/messages", json={"text": text, "client_id": uuid4().hex}
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def history(self) -> dict[str, Any]:
        """All messages so far, and how the conversation stands."""
        found: dict[str, Any] = self._client.get("/api/v1/visitor/messages").json()
        return found

    def wait_for(self, author: str, seconds: float = 30) -> dict[str, Any]:
        """The next message of `author` that has not been looked at yet."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self._client.get(
                "/api/v1/visitor/messages", params={"after": self._seq, "wait": 5}
            ).json()
            for message in found["messages"]:
                self._seq = message["seq"]
                if message["author"] == author:
                    return dict(message)
        raise AssertionError(f"no message of {author} within {seconds} s: {self.history()}")

    def ask(self, text: str, author: str = "bot", seconds: float = 30) -> dict[str, Any]:
        """Send, and return the first answer of `author`."""
        self.send(text)
        return self.wait_for(author, seconds)
