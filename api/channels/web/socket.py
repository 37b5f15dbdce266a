"""The visitor API over WebSocket: what is sent is what the database says.

Fan-out events only wake the socket; it then reads everything after the last `seq` it sent, so
nothing is missed, doubled or out of order whatever happens to Redis.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ValidationError

from api.auth.dependencies import same_origin
from api.channels.web import service
from api.channels.web.schemas import FRAME, AuthFrame, MessageFrame, ReadFrame
from api.channels.web.service import Visitor
from api.context import Desk, desk_of
from api.conversations import repository, views
from api.conversations.accepting import accept
from api.conversations.reading import customer_read_up_to
from api.errors import DeskError, SessionExpired, ValidationFailed, error_body
from api.events import REFRESH, Event
from api.i18n import choose
from triage.ownership import State

router = APIRouter()

CLOSE_UNREADABLE = 4400
CLOSE_MOVED = 1012
CLOSE_TOKEN = 4401
CLOSE_ORIGIN = 4403
_FIRST_FRAME_SECONDS = 5.0
_RECHECK_SECONDS = 15.0
_SEEN_SECONDS = 60.0


@router.websocket("/api/v1/visitor/ws")
async def visitor_socket(socket: WebSocket) -> None:
    """Serve one visitor until either side leaves."""
    desk = desk_of(socket)
    if not same_origin(socket, desk.settings.allowed_origins):
        await socket.close(CLOSE_ORIGIN)
        return
    await socket.accept()
    with contextlib.suppress(WebSocketDisconnect):
        try:
            frame = AuthFrame.model_validate_json(
                await asyncio.wait_for(socket.receive_text(), _FIRST_FRAME_SECONDS)
            )
        except (TimeoutError, ValidationError, KeyError):
            await socket.close(CLOSE_UNREADABLE)
            return
        try:
            async with desk.database.transaction() as tx:
                visitor = await service.visitor_of(tx, frame.token)
        except SessionExpired:
            await socket.close(CLOSE_TOKEN)
            return
        await _VisitorSocket(socket, desk, visitor, frame.after).serve()


class _VisitorSocket:
    """One connected page: `serve` reads its frames, `_push` writes what is new."""

    def __init__(self, socket: WebSocket, desk: Desk, visitor: Visitor, after: int) -> None:
        self._socket = socket
        self._desk = desk
        self._visitor = visitor
        self._last_seq = after
        self._read_seq = 0
        self._language = choose(socket.headers.get("accept-language"))
        self._sending = asyncio.Lock()
        self._typing_again_at = 0.0

    async def serve(self) -> None:
        async with self._desk.hub.listen(str(self._visitor.conversation_id)) as events:
            await self._send_ready()
            tasks = {
                asyncio.create_task(self._receive()),
                asyncio.create_task(self._push(events)),
                asyncio.create_task(self._note_presence()),
            }
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _send_ready(self) -> None:
        async with self._desk.database.transaction() as tx:
            found = await service.messages(tx, self._visitor, self._last_seq)
        self._last_seq = found.next
        await self._send("ready", **found.model_dump(mode="json"))
        await self._send_new_messages()

    async def _receive(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code") or 1000)
            raw = message.get("text")
            client_id = None
            try:
                frame = FRAME.validate_json(raw if raw is not None else b"")
                if isinstance(frame, MessageFrame):
                    client_id = frame.client_id
                    await self._accept(frame)
                elif isinstance(frame, ReadFrame):
                    await self._note_read(frame.seq)
                elif frame.type == "typing":
                    await self._tell_typing()
                else:
                    await self._send("pong")
            except ValidationError:
                await self._refuse(ValidationFailed(), _client_id(raw))
            except DeskError as error:
                await self._refuse(error, client_id)

    async def _accept(self, frame: MessageFrame) -> None:
        async with self._desk.database.transaction() as tx:
            accepted = await accept(
                tx,
                self._desk.queue,
                self._visitor.conversation_id,
                frame.text,
                frame.client_id,
                frame.attachment_ids,
            )
        await self._send(
            "accepted",
            client_id=frame.client_id,
            id=str(accepted.id),
            seq=accepted.seq,
            duplicate=accepted.duplicate,
        )
        if accepted.state is State.BOT and not accepted.duplicate:
            await self._send("typing", author="bot")

    async def _push(self, events: asyncio.Queue[Event]) -> None:
        handlers: dict[str, Callable[[Event], Awaitable[None]]] = {
            "message": self._on_message,
            "handled": self._on_handled,
            "conversation": self._on_conversation,
            "typing": self._on_typing,
            "refresh": self._on_refresh,
        }
        while True:
            try:
                event = await asyncio.wait_for(events.get(), _RECHECK_SECONDS)
            except TimeoutError:
                event = REFRESH
            if event.kind in handlers:
                await handlers[event.kind](event)

    async def _send_new_messages(self) -> None:
        while True:
            async with self._desk.database.transaction() as tx:
                found = await views.visitor_messages(
                    tx, self._visitor.conversation_id, self._last_seq
                )
            for message in found:
                self._last_seq = message.seq
                await self._send("message", message=message)
            if len(found) < repository.PAGE:
                return

    async def _on_message(self, event: Event) -> None:
        await self._send_new_messages()
        again = event.data.get("recalled") or event.data.get("changed")
        if again:
            async with self._desk.database.transaction() as tx:
                message = await service.message(tx, self._visitor, int(again))
            if message is not None:
                await self._send("message", message=message)

    async def _on_handled(self, event: Event) -> None:
        await self._send_new_messages()
        await self._send("handled", **event.data)

    async def _on_conversation(self, event: Event) -> None:
        if "moved" in event.data:
            # it goes on in another conversation, which the page is given when it comes back
            await self._socket.close(CLOSE_MOVED)
            raise WebSocketDisconnect(CLOSE_MOVED)
        async with self._desk.database.transaction() as tx:
            conversation = await service.conversation(tx, self._visitor)
        await self._send("conversation", conversation=conversation)

    async def _on_typing(self, event: Event) -> None:
        if event.data.get("author") != "customer":
            await self._send("typing", **event.data)

    async def _on_refresh(self, _event: Event) -> None:
        """Events may have been missed: send the whole state again, with what is new."""
        await self._send_ready()

    async def _note_read(self, seq: int) -> None:
        """Only what this page was sent can have been seen on it."""
        seen = min(seq, self._last_seq)
        if seen <= self._read_seq:
            return
        self._read_seq = seen
        async with self._desk.database.transaction() as tx:
            await customer_read_up_to(tx, self._visitor.conversation_id, seen)

    async def _note_presence(self) -> None:
        """While the page is open, its customer waits."""
        while True:
            await asyncio.sleep(_SEEN_SECONDS)
            async with self._desk.database.transaction() as tx:
                await service.seen(tx, self._visitor)

    async def _tell_typing(self) -> None:
        """At most once a second, however often the page says so."""
        moment = time.monotonic()
        if moment < self._typing_again_at:
            return
        self._typing_again_at = moment + 1.0
        conversation_id = str(self._visitor.conversation_id)
        await self._desk.bus.publish([Event("typing", conversation_id, {"author": "customer"})])

    async def _refuse(self, error: DeskError, client_id: str | None) -> None:
        await self._send("error", **error_body(error, self._language), client_id=client_id)

    async def _send(self, frame_type: str, **content: Any) -> None:
        frame = {"type": frame_type, **_jsonable(content)}
        async with self._sending:
            await self._socket.send_text(json.dumps(frame, ensure_ascii=False))


def _jsonable(content: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.model_dump(mode="json") if isinstance(value, BaseModel) else value
        for name, value in content.items()
    }


def _client_id(raw: str | None) -> str | None:
    """The `client_id` of a frame that is otherwise wrong, so that its page can say which."""
    try:
        value = json.loads(raw or "")["client_id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return value if isinstance(value, str) else None
