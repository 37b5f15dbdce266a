"""What staff say in a conversation, to the customer or among themselves, and who looks on."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from api.auth.dependencies import StaffDep
from api.context import DeskDep
from api.conversations import access, notes, recall, replies, viewing, views
from api.conversations.bodies import AgentText, Looking, NewNote
from api.conversations.endpoints import READING, WRITING
from api.conversations.schemas import StaffMessage, ViewerList, ViewerOut
from api.errors import (
    Conflict,
    Crossed,
    CsrfFailed,
    EmptyText,
    Forbidden,
    GoneOut,
    NotFound,
    NotSignedIn,
    TextTooLong,
    TooLate,
    UnknownAttachment,
    UnknownQuote,
    UnknownStaff,
    declare,
)
from api.events import Event
from api.ids import now

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["conversations"])

_SAYING = declare(NotSignedIn, CsrfFailed, NotFound, Conflict, EmptyText, TextTooLong)
Seq = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.post(
    "/messages",
    status_code=201,
    responses=WRITING | declare(Crossed, EmptyText, TextTooLong, UnknownQuote, UnknownAttachment),
)
async def reply(
    conversation_id: UUID, body: AgentText, staff: StaffDep, desk: DeskDep
) -> StaffMessage:
    """Answer the customer."""
    draft = replies.Draft(
        text=body.text,
        client_id=body.client_id,
        after_seq=body.after_seq,
        force=body.force,
        quote_of=body.quote_of,
        attachment_ids=body.attachment_ids,
    )
    async with desk.database.transaction() as tx:
        message = await replies.reply(tx, conversation_id, staff, draft)
        (described,) = await views.describe(tx, [message])
    return described


@router.post("/notes", status_code=201, responses=_SAYING | declare(UnknownStaff))
async def write_note(
    conversation_id: UUID, body: NewNote, staff: StaffDep, desk: DeskDep
) -> StaffMessage:
    """Write a note that only staff see."""
    async with desk.database.transaction() as tx:
        message = await notes.write(
            tx, conversation_id, staff, body.text, body.client_id, body.mentions
        )
        (described,) = await views.describe(tx, [message])
    return described


@router.post(
    "/messages/{seq}/recall",
    responses=declare(NotSignedIn, CsrfFailed, NotFound, Forbidden, TooLate, GoneOut),
)
async def recall_message(
    conversation_id: UUID, seq: Seq, staff: StaffDep, desk: DeskDep
) -> StaffMessage:
    """Take back what one has just sent."""
    async with desk.database.transaction() as tx:
        message = await recall.recall(tx, conversation_id, seq, staff, now())
        (described,) = await views.describe(tx, [message])
    return described


@router.get("/viewers", responses=READING)
async def viewers(conversation_id: UUID, staff: StaffDep, desk: DeskDep) -> ViewerList:
    """Who looks at it now."""
    async with desk.database.transaction() as tx:
        await access.find(tx, staff, conversation_id)
    found = await viewing.lookers(desk.redis, [conversation_id])
    return ViewerList(
        viewers=[
            ViewerOut(id=looker.id, display_name=looker.display_name, typing=looker.typing)
            for looker in found.get(conversation_id, ())
        ]
    )


@router.post("/viewing", status_code=204, responses=declare(NotSignedIn, CsrfFailed, NotFound))
async def look(conversation_id: UUID, body: Looking, staff: StaffDep, desk: DeskDep) -> None:
    """Say every ten seconds that one looks at it."""
    async with desk.database.transaction() as tx:
        await access.find(tx, staff, conversation_id)
    if await viewing.look(desk.redis, conversation_id, staff, typing=body.typing):
        await desk.bus.publish([Event("viewers", str(conversation_id))])
