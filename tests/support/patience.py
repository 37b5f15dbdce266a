"""How long the desk waits for an agent whose connection is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.crew import Crew
from tests.support.desk_work import ok

_ROUTING = "/api/v1/settings/routing"


@asynccontextmanager
async def lost_after(crew: Crew, seconds: int) -> AsyncIterator[None]:
    """The desk loses patience after so many seconds, for the length of the block."""
    before = await _set(crew, seconds)
    try:
        yield
    finally:
        await _set(crew, before)


async def _set(crew: Crew, seconds: int) -> int:
    """Returns what it was before; holds everywhere within 3 s."""
    shown = await ok(crew.admin.http.get(_ROUTING))
    body = {"version": shown["version"], "value": {"lost_connection_seconds": seconds}}
    await ok(crew.admin.http.put(_ROUTING, json=body))
    return int(shown["value"]["lost_connection_seconds"])
