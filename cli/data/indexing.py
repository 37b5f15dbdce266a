"""Indexes for the search what is not indexed yet, and makes indexes that a stopped fill left."""

from __future__ import annotations

import asyncio

import psycopg

from api.db import Database
from api.events import SilentBus
from api.search import catching_up
from cli.data import indexes
from cli.progress import Detail


def index_missing(url: str, detail: Detail) -> int:
    """In the database at the libpq `url`; gives how many things were indexed."""
    with psycopg.connect(url, autocommit=True) as connection:
        indexes.make(connection, lambda made, of: detail(f"{made}/{of}"))
    return asyncio.run(_index(url, detail))


async def _index(url: str, detail: Detail) -> int:
    database = Database("postgresql+psycopg://" + url.split("://", 1)[-1], SilentBus(), pool=1)
    try:
        return await catching_up.index_missing(database, lambda count: detail(str(count)))
    finally:
        await database.dispose()
