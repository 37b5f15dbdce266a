"""A desk whose WeChat is the simulator, and a customer on each of its channels in turn."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from api.settings import Settings
from tests.integration.conftest import database_url, postgres, settings, valkey
from tests.support.customer_sides import SIDES, CustomerSide
from tests.support.wechat_desk import WechatDesk, wechat_desk

__all__ = ["database_url", "postgres", "settings", "valkey"]


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[WechatDesk]:
    """The desk under test, and its simulator."""
    async with wechat_desk(settings) as running:
        yield running


@pytest.fixture(params=sorted(SIDES))
async def side(request: pytest.FixtureRequest, desk: WechatDesk) -> CustomerSide:
    """A customer who has not written yet."""
    return await SIDES[request.param](desk)


@pytest.fixture(params=sorted(set(SIDES) - {"web"}))
async def elsewhere(request: pytest.FixtureRequest, desk: WechatDesk) -> CustomerSide:
    """The same, on a channel that is not the page."""
    return await SIDES[request.param](desk)
