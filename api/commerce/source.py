"""Which shop the desk asks: a company's own when one is set, the bundled demo shop otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from api.commerce.demo import DemoShop
from api.commerce.http import HttpShop, shop_client
from api.commerce.interface import Commerce
from api.db import Transaction
from api.settings import Settings

ShopSource = Callable[[Transaction], Commerce]
"""The demo shop works in the desk's transaction; a company's shop has its own, and the keys of
its acts make sure that a lost answer can be asked for again."""


@asynccontextmanager
async def open_shop(settings: Settings) -> AsyncIterator[ShopSource]:
    """The shop of these settings, with its connections while the block runs."""
    if settings.commerce_url is None:
        yield DemoShop
        return
    token = settings.commerce_token.get_secret_value() if settings.commerce_token else ""
    async with shop_client(settings.commerce_url, token, settings.commerce_timeout_seconds) as http:
        shop = HttpShop(http)
        yield lambda _tx: shop
