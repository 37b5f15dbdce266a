"""Prometheus figures of the api process and of the desk as the database knows it."""

from __future__ import annotations

import time

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.context import DeskDep
from api.models import Conversation, Turn

router = APIRouter()

_SOCKET_ROUTES = frozenset({"/api/v1/visitor/ws", "/api/v1/agent/ws"})

REQUESTS = Histogram(
    "fenzhen_request_seconds", "HTTP requests by route and status", ["method", "route", "status"]
)
CONVERSATIONS = Gauge("fenzhen_conversations", "Conversations by state", ["state"])
TURNS = Gauge("fenzhen_turns", "Customer messages by outcome", ["outcome"])
SOCKETS = Gauge("fenzhen_sockets", "Open WebSockets", ["route"])
FAILURES = Counter("fenzhen_request_failures", "Requests that ended with a server error")


@router.get("/metrics", include_in_schema=False)
async def metrics(desk: DeskDep) -> Response:
    """All figures in Prometheus' text form."""
    async with desk.database.transaction() as tx:
        states = await tx.execute(
            select(Conversation.state, func.count()).group_by(Conversation.state)
        )
        outcomes = await tx.execute(
            select(func.coalesce(Turn.outcome, "pending"), func.count()).group_by(Turn.outcome)
        )
        CONVERSATIONS.clear()
        TURNS.clear()
        for state, count in states:
            CONVERSATIONS.labels(state).set(count)
        for outcome, count in outcomes:
            TURNS.labels(outcome).set(count)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class Measured:
    """ASGI middleware: times requests by their route's pattern and counts open sockets."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            route = scope["path"] if scope["path"] in _SOCKET_ROUTES else "other"
            with SOCKETS.labels(route).track_inprogress():
                await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            REQUESTS.labels(scope["method"], route, str(status)).observe(
                time.perf_counter() - started
            )
            if status >= 500:
                FAILURES.inc()
