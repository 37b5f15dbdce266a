"""The demo shop twice: as it is, and behind HTTP as a company's own would be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from api import bootstrap
from api.commerce.contract import shop_app
from api.commerce.demo import DemoShop
from api.commerce.http import HttpShop, shop_client
from api.commerce.interface import Commerce
from api.db import Database
from api.events import SilentBus
from tests.support.embedded import Postgres, running_postgres
from tests.support.rig import settings_for

TEMPLATE = "shop_template"
TOKEN = "token-of-the-company-shop"

Shops = Callable[[], AbstractAsyncContextManager[Commerce]]
"""Opens the shop; what was done is kept when the block ends well."""


@pytest.fixture(scope="session")
def shop_postgres() -> Iterator[Postgres]:
    """A cluster with a migrated and filled demo shop."""
    with running_postgres() as cluster:
        settings = settings_for(cluster.create(TEMPLATE), "redis://127.0.0.1:9", Path("/nowhere"))
        bootstrap.migrate(settings)
        bootstrap.prepare(settings)
        yield cluster


@pytest.fixture
async def database(shop_postgres: Postgres) -> AsyncIterator[Database]:
    """A shop of the test's own."""
    with shop_postgres.copy_of(TEMPLATE) as url:
        opened = Database(settings_for(url, "redis://", Path()).sqlalchemy_url, SilentBus())
        yield opened
        await opened.dispose()


@pytest.fixture(params=["demo", "http"])
async def shops(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Shops]:
    """Each twin in turn."""

    @asynccontextmanager
    async def demo() -> AsyncIterator[Commerce]:
        async with database.transaction() as tx:
            yield DemoShop(tx)

    if request.param == "demo":
        yield demo
        return
    transport = httpx.ASGITransport(shop_app(demo, TOKEN))
    async with shop_client("http://shop.test", TOKEN, 5, transport) as client:

        @asynccontextmanager
        async def over_http() -> AsyncIterator[Commerce]:
            yield HttpShop(client)

        yield over_http
