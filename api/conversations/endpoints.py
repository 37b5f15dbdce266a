"""Conversations for staff."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth.dependencies import StaffDep
from api.context import DeskDep
from api.conversations import desk_work, repository, views
from api.conversations.repository import View
from api.conversations.schemas import (
    AgentText,
    ConversationDetail,
    ConversationList,
    Note,
    ReadUpTo,
    StaffMessage,
    StaffMessages,
    ViewCounts,
)
from api.errors import (
    AlreadyTaken,
    CsrfFailed,
    EmptyText,
    NotFound,
    NotOwner,
    NotSignedIn,
    StateConflict,
    TextTooLong,
    declare,
)

router = APIRouter(prefix="/api/v1/conversations", tags=["conversations"])

_READING = declare(NotSignedIn, NotFound)
_WRITING = declare(NotSignedIn, CsrfFailed, NotFound, NotOwner, AlreadyTaken, StateConflict)


@router.get("", responses=declare(NotSignedIn))
async def list_conversations(
    staff: StaffDep, desk: DeskDep, view: Annotated[View, Query()] = "queue"
) -> ConversationList:
    """One view, and the counts of all."""
    async with desk.database.transaction() as tx:
        items = await views.summaries(tx, await repository.listing(tx, view, staff.id))
        counts = await repository.counts(tx, staff.id)
    return ConversationList(items=items, counts=ViewCounts.model_validate(counts))


@router.get("/{conversation_id}", responses=_READING)
async def show(conversation_id: UUID, _staff: StaffDep, desk: DeskDep) -> ConversationDetail:
    """One conversation."""
    async with desk.database.transaction() as tx:
        return await views.detail(tx, await repository.get(tx, conversation_id))


@router.get("/{conversation_id}/messages", responses=_READING)
async def list_messages(
    conversation_id: UUID,
    _staff: StaffDep,
    desk: DeskDep,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> StaffMessages:
    """Its messages after a `seq`, with turns and labels."""
    async with desk.database.transaction() as tx:
        await repository.get(tx, conversation_id)
        found = await views.staff_messages(tx, conversation_id, after)
    return StaffMessages(messages=found, next=found[-1].seq if found else after)


@router.post("/{conversation_id}/take", responses=_WRITING)
async def take(conversation_id: UUID, staff: StaffDep, desk: DeskDep) -> ConversationDetail:
    """Become its owner."""
    async with desk.database.transaction() as tx:
        return await views.detail(tx, await desk_work.take(tx, conversation_id, staff))


@router.post(
    "/{conversation_id}/messages",
    status_code=201,
    responses=_WRITING | declare(EmptyText, TextTooLong),
)
async def reply(
    conversation_id: UUID, body: AgentText, staff: StaffDep, desk: DeskDep
) -> StaffMessage:
    """Answer the customer."""
    async with desk.database.transaction() as tx:
        message = await desk_work.reply(tx, conversation_id, staff, body.text, body.client_id)
        (described,) = await views.describe(tx, conversation_id, [message])
    return described


@router.post("/{conversation_id}/return-to-bot", responses=_WRITING)
async def return_to_bot(
    conversation_id: UUID, body: Note, staff: StaffDep, desk: DeskDep
) -> ConversationDetail:
    """Give it back to the bot."""
    async with desk.database.transaction() as tx:
        changed = await desk_work.return_to_bot(tx, conversation_id, staff, body.note)
        return await views.detail(tx, changed)


@router.post("/{conversation_id}/close", responses=_WRITING)
async def close(conversation_id: UUID, staff: StaffDep, desk: DeskDep) -> ConversationDetail:
    """End it and ask the customer for a rating."""
    async with desk.database.transaction() as tx:
        return await views.detail(tx, await desk_work.close(tx, conversation_id, staff))


@router.post("/{conversation_id}/typing", status_code=204, responses=_WRITING)
async def typing(conversation_id: UUID, staff: StaffDep, desk: DeskDep) -> None:
    """Show the customer that somebody is typing."""
    async with desk.database.transaction() as tx:
        await desk_work.typing(tx, conversation_id, staff)


@router.post("/{conversation_id}/read", status_code=204, responses=_WRITING)
async def read(conversation_id: UUID, body: ReadUpTo, staff: StaffDep, desk: DeskDep) -> None:
    """The owner has seen the messages up to `seq`."""
    async with desk.database.transaction() as tx:
        await desk_work.read(tx, conversation_id, staff, body.seq)
