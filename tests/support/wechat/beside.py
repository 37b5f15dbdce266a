"""A simulator that runs beside a test without an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from simulator.wechat.serving import serving
from simulator.wechat.simulator import Simulator

T = TypeVar("T")
SECONDS = 60


class Beside:
    """A served simulator in a thread; `run` does something in its event loop."""

    def __init__(self, simulator: Simulator, loop: asyncio.AbstractEventLoop) -> None:
        self.simulator = simulator
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives; TimeoutError after a minute."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS)


@contextmanager
def beside(desk: str, port: int) -> Iterator[Beside]:
    """A simulator for the desk at `desk`, served on `port` for the length of the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="simulator")
    thread.start()

    async def made() -> Simulator:
        return Simulator(desk)

    running = Beside(asyncio.run_coroutine_threadsafe(made(), loop).result(SECONDS), loop)
    server = serving(running.simulator, port)
    try:
        running.run(server.__aenter__())
        try:
            yield running
        finally:
            running.run(server.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
