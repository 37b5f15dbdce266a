"""A desk whose WeChat is the simulator."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from api.settings import Settings
from tests.support.wechat_desk import WechatDesk, wechat_desk


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[WechatDesk]:
    """The desk under test, and its simulator."""
    async with wechat_desk(settings) as running:
        yield running
