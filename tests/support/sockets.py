"""A WebSocket client that reads JSON frames with a deadline."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Frame = dict[str, Any]


class Page:
    """One open page; `seen` are all frames so far."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.seen: list[Frame] = []

    async def send(self, frame: Frame | str | bytes) -> None:
        """Send a frame, or raw text or bytes."""
        await self._connection.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def next(self, seconds: float = 5.0) -> Frame:
        """The next frame."""
        frame: Frame = json.loads(await asyncio.wait_for(self._connection.recv(), seconds))
        self.seen.append(frame)
        return frame

    async def until(self, frame_type: str, seconds: float = 5.0, **content: Any) -> Frame:
        """The next frame of a type, with `content` if given; others are passed over."""
        async with asyncio.timeout(seconds):
            while True:
                frame = await self.next(seconds)
                if frame["type"] == frame_type and content.items() <= frame.items():
                    return frame

    async def message(self, author: str) -> Frame:
        """The next message of an author."""
        while True:
            found: Frame = (await self.until("message"))["message"]
            if found["author"] == author:
                return found

    async def close_code(self, seconds: float = 8.0) -> int:
        """The code the server closes with."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self._connection.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd is not None else 1006

    async def leave(self) -> None:
        """Close the page."""
        await self._connection.close()


@asynccontextmanager
async def page(address: str, path: str, **options: Any) -> AsyncIterator[Page]:
    """An open WebSocket at `path` of the server at `address`."""
    async with connect(f"ws://{address}{path}", proxy=None, **options) as connection:
        yield Page(connection)
