"""One import in a process of its own: `python -m api.knowledge.transfer IMPORT_ID`."""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from api import connections, logs
from api.audit.keys import keys_of
from api.db import Database
from api.events import RedisBus
from api.knowledge.transfer.running import run
from api.learning.runs.children import be_a_child
from api.settings import Settings, load


async def main(settings: Settings, import_id: UUID) -> None:
    """Take the import in, telling consoles how far it is."""
    redis = connections.redis(settings)
    database = Database(settings.sqlalchemy_url, RedisBus(redis), 2, keys_of(settings))
    try:
        await run(database, import_id)
    finally:
        await database.dispose()
        await redis.aclose()


if __name__ == "__main__":
    be_a_child()
    logs.configure()
    asyncio.run(main(load(), UUID(sys.argv[1])))
