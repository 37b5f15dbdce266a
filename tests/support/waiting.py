"""Waiting for a condition with a deadline, instead of sleeping for a guess."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

_PAUSE = 0.02


async def eventually(
    condition: Callable[[], Awaitable[object] | object], what: str, seconds: float = 5.0
) -> None:
    """Wait until `condition`, sync or async, is true; AssertionError when it never is."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(_PAUSE)
