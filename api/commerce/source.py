"""Which shop the desk asks: a company's own when one is set, the bundled demo shop otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from api.commerce.demo import DemoShop
from api.commerce.http import HttpShop, shop_client
from api.commerce.interface import Commerce, OpenShop
from api.db import Database
from api.errors import Unavailable
from api.settings import Settings

log = structlog.get_logger(__name__)


@asynccontextmanager
async def shop_source(settings: Settings, database: Database) -> AsyncIterator[OpenShop]:
    """The shop of these settings, with its connections while the block runs."""
    if settings.commerce_url is None:
        yield lambda: demo_shop(database)
        return
    token = settings.commerce_token.get_secret_value() if settings.commerce_token else ""
    seconds = settings.commerce_timeout_seconds
    async with shop_client(settings.commerce_url, token, seconds) as http:
        shop = HttpShop(http)
        yield lambda: within(shop, seconds)


@asynccontextmanager
async def demo_shop(database: Database) -> AsyncIterator[Commerce]:
    """The demo shop in a transaction of its own."""
    async with database.transaction() as tx:
        yield DemoShop(tx)


@asynccontextmanager
async def within(shop: Commerce, seconds: float) -> AsyncIterator[Commerce]:
    """A shop for so long: all that is asked of it in the block together.

    Raises Unavailable when that is not enough.
    """
    try:
        async with asyncio.timeout(seconds):
            yield shop
    except TimeoutError as error:
        log.error("shop.too_slow", seconds=seconds)
        raise Unavailable(part="shop") from error
