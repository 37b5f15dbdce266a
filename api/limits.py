"""ASGI middleware that refuses large bodies before anything reads them."""

from __future__ import annotations

import json
import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BodyTooLarge, error_body
from api.i18n import choose

LARGEST_BODY = 64 * 1024
"""Bytes. 2,000 characters of any script fit several times over."""
LARGEST_INTERNAL_BODY = 1024 * 1024
LARGEST_CALLBACK = 256 * 1024
"""What WeChat sends is some KB; longer texts than a message may have are cut."""
LARGEST_UPLOAD = 10 * 1024 * 1024 + LARGEST_BODY
"""A file of 10 MB (api.attachments) and what a form adds to it."""
LARGEST_MATERIAL = 1024 * 1024
"""An entry of the knowledge base has 501 questions of 200 characters and four texts of 4,000, lines
to learn from are 200 of 1,000: 600 KB of Chinese in UTF-8."""
_MATERIAL = re.compile(r"/api/v1/(?:knowledge(?:/[^/]+(?:/draft)?)?|learning/(?:lines|intents))")
_UPLOADS = re.compile(
    r"/api/v1/(?:(?:visitor|(?:tickets|conversations)/[^/]+)/attachments|"
    r"knowledge/(?:pictures|import))"
)


class BodyLimit:
    """Answers 413 when a request body is, or turns out to be, too large."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = _largest(scope["path"])
        headers = Headers(scope=scope)
        announced = headers.get("content-length", "0")
        if not (announced.isascii() and announced.isdigit()) or int(announced) > largest:
            await _refuse(headers, send, largest)
            return
        chunks: list[Message] = []
        size = 0
        while True:
            message = await receive()
            chunks.append(message)
            size += len(message.get("body", b""))
            if size > largest:
                await _refuse(headers, send, largest)
                return
            if message["type"] != "http.request" or not message.get("more_body"):
                break

        async def replay() -> Message:
            return chunks.pop(0) if chunks else await receive()

        await self._app(scope, replay, send)


def _largest(path: str) -> int:
    if path.startswith("/internal/"):
        return LARGEST_INTERNAL_BODY
    if path.startswith("/channels/"):
        return LARGEST_CALLBACK
    if _UPLOADS.fullmatch(path):
        return LARGEST_UPLOAD
    return LARGEST_MATERIAL if _MATERIAL.fullmatch(path) else LARGEST_BODY


async def _refuse(headers: Headers, send: Send, largest: int) -> None:
    body = json.dumps(
        error_body(BodyTooLarge(largest_bytes=largest), choose(headers.get("accept-language"))),
        ensure_ascii=False,
    ).encode()
    await send(
        {
            "type": "http.response.start",
            "status": BodyTooLarge.status,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                (b"connection", b"close"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
