"""The console's WebSocket; what it is told is decided in `api.conversations.screens`."""

from __future__ import annotations

import asyncio
import contextlib
import json

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from api.auth import service as auth
from api.auth.dependencies import COOKIE, same_origin
from api.auth.schemas import User
from api.auth.tokens import digest
from api.context import Desk, desk_of
from api.conversations.access import viewer_of
from api.conversations.screens import Screen
from api.errors import NotSignedIn
from api.i18n import choose

router = APIRouter()

CLOSE_NOT_SIGNED_IN = 4401
CLOSE_ORIGIN = 4403
CLOSE_RESTART = 1012


@router.websocket("/api/v1/agent/ws")
async def agent_socket(socket: WebSocket) -> None:
    """Serve one console until either side leaves or the session ends."""
    desk = desk_of(socket)
    if not same_origin(socket):
        await socket.close(CLOSE_ORIGIN)
        return
    await socket.accept()
    try:
        screen = await _screen(socket, desk)
    except NotSignedIn:
        await socket.close(CLOSE_NOT_SIGNED_IN)
        return
    code = 0
    await desk.screens.open(screen)
    try:
        await _serve(socket, screen)
    except WebSocketDisconnect as left:
        code = left.code
    finally:
        await desk.screens.close(screen, restarting=code == CLOSE_RESTART)


async def _screen(socket: WebSocket, desk: Desk) -> Screen:
    """Raises NotSignedIn."""
    token = socket.cookies.get(COOKIE)
    async with desk.database.transaction() as tx:
        staff = await auth.session_of(tx, token)
        viewer = await viewer_of(tx, staff)
    language = choose(socket.headers.get("accept-language"))
    return Screen(staff, digest(token or ""), language, viewer)


async def _serve(socket: WebSocket, screen: Screen) -> None:
    user = User.of(screen.staff).model_dump(mode="json")
    await _send(socket, {"type": "ready", "user": user})
    tasks = {
        asyncio.create_task(_receive(socket, screen)),
        asyncio.create_task(_write(socket, screen)),
    }
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _receive(socket: WebSocket, screen: Screen) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code") or 1000)
        with contextlib.suppress(ValueError, RecursionError):
            if json.loads(message.get("text") or "null") == {"type": "ping"}:
                screen.offer('{"type": "pong"}')


async def _write(socket: WebSocket, screen: Screen) -> None:
    while True:
        frame = await screen.outbox.get()
        if frame is None:
            await socket.close(CLOSE_NOT_SIGNED_IN)
            raise WebSocketDisconnect(CLOSE_NOT_SIGNED_IN)
        await socket.send_text(frame)


async def _send(socket: WebSocket, frame: dict[str, object]) -> None:
    await socket.send_text(json.dumps(frame, ensure_ascii=False))
