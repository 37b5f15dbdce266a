"""Makes the proof of two releases: `python -m api.learning.proof RELEASE AGAINST`."""

from __future__ import annotations

import asyncio
import sys

from api import logs
from api.db import Database
from api.events import SilentBus
from api.learning.proof import service
from api.learning.runs.children import be_a_child
from api.settings import load


async def main(release: int, against: int) -> None:
    """Make it and keep it."""
    settings = load()
    logs.configure()
    database = Database(settings.sqlalchemy_url, SilentBus(), pool=2)
    try:
        await service.make(settings, database, release, against)
    finally:
        await database.dispose()


if __name__ == "__main__":
    be_a_child()
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
