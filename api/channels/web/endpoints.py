"""The visitor API over plain HTTP."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api import rates
from api.auth.dependencies import bearer
from api.channels import join
from api.channels.web import service
from api.channels.web.schemas import (
    JoinCodeOut,
    MessageAccepted,
    NewMessage,
    NewSession,
    Rating,
    SeenUpTo,
    VisitorMessages,
    VisitorSessionOut,
)
from api.channels.web.service import Visitor
from api.context import DeskDep
from api.conversations.accepting import accept
from api.conversations.reading import customer_read_up_to
from api.errors import (
    AlreadyRated,
    BodyTooLarge,
    EmptyText,
    InvalidJson,
    NotRateable,
    SessionExpired,
    TextTooLong,
    TooManyAttempts,
    TooManyCodes,
    UnknownAttachment,
    declare,
)

router = APIRouter(prefix="/api/v1/visitor", tags=["visitor"])

_RECHECK_SECONDS = 5.0
"""A waiting request looks again after so long even when no event came (Redis away)."""


async def visitor(request: Request, desk: DeskDep) -> Visitor:
    """The visitor who asks."""
    async with desk.database.transaction() as tx:
        return await service.visitor_of(tx, bearer(request))


VisitorDep = Annotated[Visitor, Depends(visitor)]


@router.post(
    "/sessions", status_code=201, responses=declare(TooManyAttempts, BodyTooLarge, InvalidJson)
)
async def open_session(
    request: Request, desk: DeskDep, body: NewSession | None = None
) -> VisitorSessionOut:
    """Begin a conversation."""
    await rates.check(request, "sessions", desk.settings.visitor_sessions_per_minute)
    async with desk.database.transaction() as tx:
        token, conversation_id = await service.open_session(
            tx, body.display_name if body else None, desk.settings.visitor_session_days
        )
    return VisitorSessionOut(token=token, conversation_id=conversation_id)


@router.post(
    "/messages",
    status_code=202,
    responses=declare(
        SessionExpired, EmptyText, TextTooLong, UnknownAttachment, BodyTooLarge, InvalidJson
    ),
)
async def send_message(body: NewMessage, visitor: VisitorDep, desk: DeskDep) -> MessageAccepted:
    """Take a message. When this answers, the message is stored and will be handled."""
    async with desk.database.transaction() as tx:
        accepted = await accept(
            tx,
            desk.queue,
            visitor.conversation_id,
            body.text,
            body.client_id,
            body.attachment_ids,
        )
    return MessageAccepted(
        id=accepted.id,
        seq=accepted.seq,
        client_id=body.client_id,
        duplicate=accepted.duplicate,
    )


@router.get("/messages", responses=declare(SessionExpired))
async def list_messages(
    visitor: VisitorDep,
    desk: DeskDep,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    wait: Annotated[float, Query(ge=0, le=30)] = 0,
) -> VisitorMessages:
    """Messages after `after`; with `wait`, the answer comes as soon as there is something new."""
    recalled: list[int] | None = None
    deadline = asyncio.get_running_loop().time() + wait
    async with desk.hub.listen(str(visitor.conversation_id)) as events:
        while True:
            async with desk.database.transaction() as tx:
                found = await service.messages(tx, visitor, after)
            left = deadline - asyncio.get_running_loop().time()
            if found.messages or left <= 0 or recalled not in (None, found.recalled):
                return found
            recalled = found.recalled
            try:
                await asyncio.wait_for(events.get(), min(left, _RECHECK_SECONDS))
            except TimeoutError:
                continue


@router.post("/join-code", status_code=201, responses=declare(SessionExpired, TooManyCodes))
async def join_code(visitor: VisitorDep, desk: DeskDep) -> JoinCodeOut:
    """A code that, written on WeChat, goes on with this conversation there."""
    async with desk.database.transaction() as tx:
        code, until = await join.new_code(tx, visitor.conversation_id)
    return JoinCodeOut(code=code, expires_at=until)


@router.post("/read", status_code=204, responses=declare(SessionExpired))
async def read(body: SeenUpTo, visitor: VisitorDep, desk: DeskDep) -> None:
    """Say up to where the messages have been seen; staff are shown so."""
    async with desk.database.transaction() as tx:
        await customer_read_up_to(tx, visitor.conversation_id, body.seq)


@router.post(
    "/rating", status_code=204, responses=declare(SessionExpired, AlreadyRated, NotRateable)
)
async def rate(body: Rating, visitor: VisitorDep, desk: DeskDep) -> None:
    """Answer the survey after the conversation has ended."""
    async with desk.database.transaction() as tx:
        await service.rate(tx, visitor, body)
