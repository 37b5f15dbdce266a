"""The queue: for staff to see, for customers to leave."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.auth.dependencies import StaffDep
from api.channels.web.endpoints import VisitorDep
from api.context import DeskDep
from api.conversations import repository
from api.errors import (
    BodyTooLarge,
    ContactUnreadable,
    InvalidJson,
    NotSignedIn,
    NotWaiting,
    SessionExpired,
    declare,
)
from api.handoffs import leave_word
from api.handoffs.bodies import LeaveWord
from api.handoffs.queue_schemas import QueueOut, WordLeftOut
from api.handoffs.queue_view import whole_queue
from api.i18n import choose
from api.ids import now

router = APIRouter(prefix="/api/v1", tags=["queue"])


@router.get("/queue", responses=declare(NotSignedIn))
async def show_queue(_staff: StaffDep, desk: DeskDep, request: Request) -> QueueOut:
    """Everybody who waits for a person, in the order of their turn."""
    language = choose(request.headers.get("accept-language"))
    async with desk.database.transaction() as tx:
        return await whole_queue(tx, now(), language)


@router.post(
    "/visitor/leave-word",
    tags=["visitor"],
    responses=declare(SessionExpired, NotWaiting, ContactUnreadable, BodyTooLarge, InvalidJson),
)
async def leave_word_instead(
    visitor: VisitorDep, desk: DeskDep, body: LeaveWord | None = None
) -> WordLeftOut:
    """Leave word instead of waiting: a ticket with a promise."""
    left = body or LeaveWord()
    async with desk.database.transaction() as tx:
        conversation = await repository.lock(tx, visitor.conversation_id)
        word = await leave_word.leave_word(tx, desk.settings, conversation, left.text, left.contact)
    return WordLeftOut(
        ticket_number=word.ticket_number,
        first_response_due_at=word.first_response_due_at,
        status_url=word.status_url,
    )
