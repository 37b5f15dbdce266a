"""The console's WebSocket: tells pages what changed, a few times a second at most."""

from __future__ import annotations

import asyncio
import contextlib
import json
from uuid import UUID

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from sqlalchemy import select

from api.agents import repository as agents
from api.auth import service as auth
from api.auth.dependencies import COOKIE, same_origin
from api.auth.schemas import Session
from api.auth.service import SignedIn
from api.context import Desk, desk_of
from api.conversations import views
from api.errors import NotSignedIn
from api.events import ALL, Event
from api.ids import now
from api.models import Conversation

router = APIRouter()

CLOSE_NOT_SIGNED_IN = 4401
CLOSE_ORIGIN = 4403
_GATHER_SECONDS = 0.2
_HEARTBEAT_SECONDS = 15.0


@router.websocket("/api/v1/agent/ws")
async def agent_socket(socket: WebSocket) -> None:
    """Serve one console until either side leaves or the session ends."""
    desk = desk_of(socket)
    if not same_origin(socket):
        await socket.close(CLOSE_ORIGIN)
        return
    await socket.accept()
    try:
        staff = await _session(socket, desk)
    except NotSignedIn:
        await socket.close(CLOSE_NOT_SIGNED_IN)
        return
    with contextlib.suppress(WebSocketDisconnect):
        await _AgentSocket(socket, desk, staff).serve()


async def _session(socket: WebSocket, desk: Desk) -> SignedIn:
    async with desk.database.transaction() as tx:
        staff = await auth.session_of(tx, socket.cookies.get(COOKIE))
        await agents.seen(tx, staff.id, now())
    return staff


class _AgentSocket:
    """One open console."""

    def __init__(self, socket: WebSocket, desk: Desk, staff: SignedIn) -> None:
        self._socket = socket
        self._desk = desk
        self._staff = staff

    async def serve(self) -> None:
        async with self._desk.hub.listen(ALL) as events:
            user = Session.of(self._staff).user.model_dump(mode="json")
            await self._send({"type": "ready", "user": user})
            tasks = {
                asyncio.create_task(self._receive()),
                asyncio.create_task(self._push(events)),
                asyncio.create_task(self._stay_known()),
            }
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _receive(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code") or 1000)
            with contextlib.suppress(ValueError, RecursionError):
                if json.loads(message.get("text") or "null") == {"type": "ping"}:
                    await self._send({"type": "pong"})

    async def _stay_known(self) -> None:
        """Presence: a sign of life while the page is open; ends when the session has ended."""
        while True:
            await asyncio.sleep(_HEARTBEAT_SECONDS)
            try:
                await _session(self._socket, self._desk)
            except NotSignedIn:
                await self._socket.close(CLOSE_NOT_SIGNED_IN)
                raise WebSocketDisconnect(CLOSE_NOT_SIGNED_IN) from None

    async def _push(self, events: asyncio.Queue[Event]) -> None:
        while True:
            batch = [await events.get()]
            await asyncio.sleep(_GATHER_SECONDS)
            while not events.empty():
                batch.append(events.get_nowait())
            if any(event.kind == "refresh" for event in batch):
                await self._send({"type": "refresh"})
                continue
            for event in batch:
                if event.kind == "typing":
                    await self._send(
                        {
                            "type": "typing",
                            "conversation_id": event.conversation_id,
                            "author": event.data.get("author"),
                        }
                    )
            await self._send_changes(
                {UUID(event.conversation_id) for event in batch if event.kind != "typing"}
            )

    async def _send_changes(self, changed: set[UUID]) -> None:
        if not changed:
            return
        async with self._desk.database.transaction() as tx:
            query = select(Conversation).where(Conversation.id.in_(changed))
            summaries = await views.summaries(tx, (await tx.scalars(query)).all())
        for summary in summaries:
            await self._send(
                {"type": "conversation", "conversation": summary.model_dump(mode="json")}
            )

    async def _send(self, frame: dict[str, object]) -> None:
        await self._socket.send_text(json.dumps(frame, ensure_ascii=False))
