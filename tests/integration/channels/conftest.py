"""A desk whose WeChat is the simulator."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from api.settings import Settings
from tests.support.channels import Wechat, wechat_customer
from tests.support.rig import Rig
from tests.support.wechat_desk import WechatDesk, wechat_desk


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[WechatDesk]:
    """The desk under test, and its simulator."""
    async with wechat_desk(settings) as running:
        yield running


@pytest.fixture
async def wechat(rig: Rig) -> AsyncIterator[Wechat]:
    """A customer of an official account."""
    async with wechat_customer(rig) as made:
        yield made


@pytest.fixture
async def kf(rig: Rig) -> AsyncIterator[Wechat]:
    """A customer of 微信客服."""
    async with wechat_customer(rig, "kf") as made:
        yield made
