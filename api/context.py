"""What the endpoints of one api process share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from redis.asyncio import Redis
from starlette.requests import HTTPConnection

from api.assistant import Assistant
from api.channels.typing import Typing
from api.channels.wechat.client import WechatCalls
from api.commerce.interface import OpenShop
from api.conversations.screens import Screens
from api.counting import Rates
from api.db import Database
from api.events import EventBus, EventHub
from api.jobs import JobQueue
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """One api process's settings and connections."""

    settings: Settings
    database: Database
    redis: Redis
    rates: Rates
    bus: EventBus
    hub: EventHub
    screens: Screens
    queue: JobQueue
    assistant: Assistant
    shop: OpenShop
    """Opens the shop; what was done is kept when the block ends well."""
    wechat: WechatCalls
    typing: Typing
    """Shows customers on other channels that somebody writes."""


def desk_of(connection: HTTPConnection) -> Desk:
    """The desk of the running app."""
    desk = connection.app.state.desk
    assert isinstance(desk, Desk)
    return desk


DeskDep = Annotated[Desk, Depends(desk_of)]
