"""Conversations for staff: lists, reading, and who has them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth.dependencies import StaffDep
from api.channels import views as channels
from api.context import Desk, DeskDep
from api.conversations import access, desk_work, listing, repository, viewing, views
from api.conversations.bodies import Note, ReadUpTo
from api.conversations.listing import Filter, View
from api.conversations.schemas import (
    ConversationDetail,
    ConversationList,
    ConversationSummary,
    StaffMessages,
)
from api.errors import (
    AlreadyTaken,
    CsrfFailed,
    NotFound,
    NotOwner,
    NotSignedIn,
    StateConflict,
    declare,
)
from api.ids import now
from api.paging import CursorParameter, Limit
from api.tickets.bodies import Priority

router = APIRouter(prefix="/api/v1/conversations", tags=["conversations"])

READING = declare(NotSignedIn, NotFound)
WRITING = declare(NotSignedIn, CsrfFailed, NotFound, NotOwner, AlreadyTaken, StateConflict)

Short = Annotated[str | None, Query(max_length=64)]


@router.get("", responses=declare(NotSignedIn))
async def list_conversations(
    staff: StaffDep,
    desk: DeskDep,
    view: Annotated[View, Query()] = "queue",
    priority: Priority | None = None,
    category: Short = None,
    channel: Short = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    tag: Short = None,
    agent_id: UUID | None = None,
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> ConversationList:
    """A page of one view, and the counts of all."""
    wanted = Filter(view, priority, category, channel, q, tag, agent_id)
    async with desk.database.transaction() as tx:
        viewer = await access.viewer_of(tx, staff)
        found, following = await listing.page(tx, viewer, wanted, cursor, limit, now())
        items = await views.summaries(tx, found)
        counts = await listing.counts(tx, viewer, now())
    return ConversationList(items=await _with_viewers(desk, items), counts=counts, next=following)


@router.get("/{conversation_id}", responses=READING)
async def show(conversation_id: UUID, staff: StaffDep, desk: DeskDep) -> ConversationDetail:
    """One conversation."""
    async with desk.database.transaction() as tx:
        return await views.detail(tx, await access.find(tx, staff, conversation_id))


@router.get("/{conversation_id}/messages", responses=READING)
async def list_messages(
    conversation_id: UUID,
    staff: StaffDep,
    desk: DeskDep,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> StaffMessages:
    """Its messages after a `seq`, with turns and labels."""
    async with desk.database.transaction() as tx:
        await access.find(tx, staff, conversation_id)
        found = await views.staff_messages(tx, conversation_id, after)
        recalled = await repository.recalled(tx, conversation_id, staff=True)
        undelivered = await channels.undelivered(tx, conversation_id)
    return StaffMessages(
        messages=found,
        next=found[-1].seq if found else after,
        recalled=recalled,
        undelivered=undelivered,
    )


@router.post("/{conversation_id}/take", responses=WRITING)
async def take(conversation_id: UUID, staff: StaffDep, desk: DeskDep) -> ConversationDetail:
    """Become its owner."""
    async with desk.database.transaction() as tx:
        return await views.detail(tx, await desk_work.take(tx, conversation_id, staff))


@router.post("/{conversation_id}/return-to-bot", responses=WRITING)
async def return_to_bot(
    conversation_id: UUID, body: Note, staff: StaffDep, desk: DeskDep
) -> ConversationDetail:
    """Give it back to the bot."""
    async with desk.database.transaction() as tx:
        changed = await desk_work.return_to_bot(tx, conversation_id, staff, body.note)
        return await views.detail(tx, changed)


@router.post("/{conversation_id}/typing", status_code=204, responses=WRITING)
async def typing(conversation_id: UUID, staff: StaffDep, desk: DeskDep) -> None:
    """Show the customer that somebody is typing."""
    async with desk.database.transaction() as tx:
        await desk_work.typing(tx, conversation_id, staff)
    desk.typing.soon(conversation_id)


@router.post("/{conversation_id}/read", status_code=204, responses=WRITING)
async def read(conversation_id: UUID, body: ReadUpTo, staff: StaffDep, desk: DeskDep) -> None:
    """The owner has seen the messages up to `seq`."""
    async with desk.database.transaction() as tx:
        await desk_work.read(tx, conversation_id, staff, body.seq)


async def _with_viewers(desk: Desk, items: list[ConversationSummary]) -> list[ConversationSummary]:
    found = await viewing.lookers(desk.redis, [item.id for item in items])
    return [item.model_copy(update={"viewers": len(found.get(item.id, ()))}) for item in items]
