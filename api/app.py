"""The api process: `uvicorn api.app:create_app --factory`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api import connections, errors, health, logs, metrics, pages
from api.assistant import RasaAssistant
from api.auth import endpoints as auth
from api.channels.web import endpoints as visitor
from api.channels.web import socket as visitor_socket
from api.commerce import endpoints as commerce
from api.commerce.source import open_shop
from api.context import Desk
from api.conversations import endpoints as conversations
from api.conversations import socket as agent_socket
from api.customers import endpoints as customers
from api.db import Database
from api.events import EventHub, RedisBus
from api.handoffs import endpoints as handoffs
from api.internal import endpoints as internal
from api.jobs import JobQueue, build_app
from api.knowledge import endpoints as knowledge
from api.learning import endpoints as learning
from api.limits import BodyLimit
from api.settings import Settings, load
from api.tickets import endpoints as tickets

_ROUTERS = (
    visitor.router,
    visitor_socket.router,
    auth.router,
    conversations.router,
    agent_socket.router,
    handoffs.router,
    tickets.router,
    customers.router,
    knowledge.router,
    learning.router,
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
        async with _desk(configured) as desk:
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
async def _desk(settings: Settings) -> AsyncIterator[Desk]:
    redis = connections.redis(settings)
    subscriber = connections.redis_subscriber(settings)
    bus = RedisBus(redis)
    database = Database(settings.sqlalchemy_url, bus, settings.database_pool)
    hub = EventHub(subscriber)
    assistant = RasaAssistant(
        settings.rasa_url, settings.service_token.get_secret_value(), settings.bot_timeout_seconds
    )
    listening = asyncio.create_task(hub.run())
    try:
        async with open_shop(settings) as shop:
            yield Desk(
                settings=settings,
                database=database,
                redis=redis,
                bus=bus,
                hub=hub,
                queue=JobQueue(build_app(settings.libpq_url)),
                assistant=assistant,
                shop=shop,
            )
    finally:
        hub.close()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await assistant.close()
        await database.dispose()
        await subscriber.aclose()
        await redis.aclose()
