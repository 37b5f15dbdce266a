"""The api process: `uvicorn api.app:create_app --factory`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api import connections, errors, health, logs, metrics, pages
from api.agents import endpoints as agents
from api.agents import presence_endpoints
from api.appointments import endpoints as appointments
from api.assistant import RasaAssistant
from api.attachments import endpoints as attachments
from api.audit import endpoints as audit
from api.audit.keys import keys_of
from api.auth import endpoints as auth
from api.calendar import endpoints as calendar
from api.channels import endpoints as deliveries
from api.channels import outbound
from api.channels.registry import channels_of
from api.channels.typing import Typing
from api.channels.web import endpoints as visitor
from api.channels.web import socket as visitor_socket
from api.channels.wechat import account_endpoints
from api.channels.wechat import endpoints as wechat
from api.channels.wechat.client import WechatCalls
from api.channels.wechat.tokens import Tokens
from api.channels.wechat.transport import open_platforms
from api.commerce import endpoints as commerce
from api.commerce.source import shop_source
from api.context import Desk
from api.conversations import endpoints as conversations
from api.conversations import message_endpoints as conversation_messages
from api.conversations import reveal
from api.conversations import socket as agent_socket
from api.conversations import work_endpoints as conversation_work
from api.conversations.screens import Screens
from api.counting import Rates
from api.customers import endpoints as customers
from api.db import Database
from api.deadlines import endpoints as deadlines
from api.desk_tools import endpoints as desk_tools
from api.events import EventHub, RedisBus
from api.handoffs import endpoints as handoffs
from api.handoffs import queue_endpoints, transfer_endpoints
from api.handoffs.routing import route
from api.internal import endpoints as internal
from api.jobs import JobQueue, build_app
from api.knowledge import endpoints as knowledge
from api.knowledge.transfer import endpoints as knowledge_transfer
from api.learning.material import endpoints as material
from api.learning.proof import endpoints as proofs
from api.learning.review import endpoints as review
from api.learning.rollout import endpoints as rollout
from api.learning.runs import endpoints as trainings
from api.learning.why import endpoints as why
from api.limits import BodyLimit
from api.notifications import endpoints as notifications
from api.policies import endpoints as policies
from api.search import endpoints as search
from api.settings import Settings, load
from api.tickets import customer_endpoints as customer_tickets
from api.tickets import endpoints as tickets
from api.tickets import status_page, work_endpoints
from api.wall import endpoints as wall
from classifier.words import warm_up

_ROUTERS = (
    visitor.router,
    visitor_socket.router,
    wechat.router,
    deliveries.router,
    account_endpoints.router,
    auth.router,
    conversations.router,
    conversation_messages.router,
    conversation_work.router,
    desk_tools.router,
    reveal.router,
    agent_socket.router,
    handoffs.router,
    transfer_endpoints.router,
    queue_endpoints.router,
    wall.router,
    tickets.router,
    work_endpoints.router,
    customer_tickets.router,
    status_page.router,
    attachments.router,
    customers.router,
    knowledge_transfer.router,
    knowledge.router,
    material.router,
    rollout.router,
    proofs.router,
    review.router,
    why.router,
    trainings.router,
    presence_endpoints.router,
    agents.router,
    agents.teams_router,
    audit.router,
    policies.router,
    deadlines.alerts_router,
    deadlines.incidents_router,
    deadlines.follow_ups_router,
    notifications.router,
    search.router,
    calendar.router,
    appointments.router,
    internal.router,
    commerce.router,
    health.router,
    metrics.router,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app; settings come from the environment unless given."""
    configured = settings or load()
    logs.configure()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_desk(configured) as desk:
            app.state.desk = desk
            yield

    app = FastAPI(
        title="分诊台 fenzhen",
        summary="Triage desk for Chinese customer service",
        version="0.1.0",
        lifespan=lifespan,
        responses=errors.declare(errors.ValidationFailed),
    )
    for router in _ROUTERS:
        app.include_router(router)
    pages.install(app)
    errors.install(app)
    app.add_middleware(BodyLimit)
    if configured.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=configured.allowed_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"],
        )
    app.add_middleware(metrics.Measured)
    return app


@contextlib.asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[Desk]:
    """What the app's endpoints work with, for the length of the block."""
    redis = connections.redis(settings)
    subscriber = connections.redis_subscriber(settings)
    bus = RedisBus(redis)
    database = Database(settings.sqlalchemy_url, bus, settings.database_pool, keys_of(settings))
    database.router = route
    queue = JobQueue(build_app(settings.libpq_url))
    database.before_commit = outbound.before_commit(queue)
    hub = EventHub(subscriber)
    screens = Screens(database, redis, hub)
    assistant = RasaAssistant(
        settings.rasa_url, settings.service_token.get_secret_value(), settings.bot_timeout_seconds
    )
    running = [
        asyncio.create_task(hub.run()),
        asyncio.create_task(screens.run()),
        asyncio.create_task(asyncio.to_thread(warm_up)),
    ]
    try:
        async with (
            shop_source(settings, database) as shop,
            open_platforms(settings) as platforms,
        ):
            wechat_calls = WechatCalls(platforms, Tokens(redis, platforms))
            typing = Typing(database, settings, redis, channels_of(settings, wechat_calls))
            try:
                yield Desk(
                    settings=settings,
                    database=database,
                    redis=redis,
                    rates=Rates(redis),
                    bus=bus,
                    hub=hub,
                    screens=screens,
                    queue=queue,
                    assistant=assistant,
                    shop=shop,
                    wechat=wechat_calls,
                    typing=typing,
                )
            finally:
                await typing.close()
    finally:
        hub.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await assistant.close()
        await database.dispose()
        await subscriber.aclose()
        await redis.aclose()
