"""A TCP proxy whose network can be cut: nothing passes any more, and nobody is told."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

_CHUNK = 64 * 1024


class CuttableNetwork:
    """The way from `url` to the desk, in a thread of its own: usable from any kind of test."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._loop = asyncio.new_event_loop()
        self._whole = asyncio.Event()
        self._whole.set()
        self._ended = asyncio.Event()
        self.url = ""

    def cut(self) -> None:
        """From now on nothing arrives, in either direction; connections stay open."""
        self._loop.call_soon_threadsafe(self._whole.clear)

    def mend(self) -> None:
        """Everything passes again, and first what was sent meanwhile."""
        self._loop.call_soon_threadsafe(self._whole.set)

    def run(self, ready: threading.Event) -> None:
        """Serve until `end`."""
        try:
            self._loop.run_until_complete(self._serve(ready))
        finally:
            self._loop.close()

    def end(self) -> None:
        """Close everything."""
        self._loop.call_soon_threadsafe(self._ended.set)

    async def _serve(self, ready: threading.Event) -> None:
        connections: set[asyncio.Task[None]] = set()

        def arrived(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._connect(reader, writer))
            connections.add(task)
            task.add_done_callback(connections.discard)

        server = await asyncio.start_server(arrived, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await self._ended.wait()
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._whole.wait()
            there, back = await asyncio.open_connection(*self._target)
        except OSError:
            writer.close()
            return
        try:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        finally:
            writer.close()
            back.close()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        """Pass everything on, the end too, but only while the network is whole."""
        with contextlib.suppress(OSError):
            while data := await source.read(_CHUNK):
                await self._whole.wait()
                target.write(data)
                await target.drain()
        await self._whole.wait()
        target.close()


@contextmanager
def cuttable_network(target: str) -> Iterator[CuttableNetwork]:
    """A way to the desk at `target` that works until it is cut."""
    network, ready = CuttableNetwork(target), threading.Event()
    thread = threading.Thread(target=network.run, args=(ready,), name="network")
    thread.start()
    try:
        assert ready.wait(10), "the proxy has not started"
        yield network
    finally:
        network.end()
        thread.join(10)
