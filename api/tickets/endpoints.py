"""Tickets for staff: lists, one ticket, opening, changing, its state."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.auth.dependencies import StaffDep
from api.context import DeskDep
from api.conversations.access import viewer_of
from api.errors import (
    ChildrenOpen,
    Conflict,
    ContactUnreadable,
    CsrfFailed,
    NotFound,
    NotOwner,
    NotSignedIn,
    P1Protected,
    ResultRequired,
    TicketMerged,
    TicketMoveNotAllowed,
    UnknownStaff,
    declare,
)
from api.ids import now
from api.paging import CursorParameter, Limit
from api.tickets import changes, history, listing, service, views, workflow
from api.tickets.access import find
from api.tickets.bodies import NewTicket, Priority, StateChange, TicketChange
from api.tickets.listing import Filter, View
from api.tickets.schemas import History, TicketDetail, TicketList
from triage.tickets import TicketState

router = APIRouter(prefix="/api/v1/tickets", tags=["tickets"])

_READING = declare(NotSignedIn, NotFound)
_WRITING = declare(NotSignedIn, CsrfFailed, NotFound, TicketMerged, Conflict)
_Key = Annotated[str | None, Query(max_length=40)]


def _filter(
    view: View = "all",
    state: TicketState | None = None,
    priority: Priority | None = None,
    category: _Key = None,
    nature: _Key = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    tag: _Key = None,
    customer_id: UUID | None = None,
    conversation_id: UUID | None = None,
) -> Filter:
    return Filter(view, state, priority, category, nature, q, tag, customer_id, conversation_id)


@router.get("", responses=declare(NotSignedIn))
async def list_tickets(
    staff: StaffDep,
    desk: DeskDep,
    wanted: Annotated[Filter, Depends(_filter)],
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> TicketList:
    """A page of tickets, newest first; the first one with how many open ones each view holds.

    All views but `all` leave closed tickets out, unless `state` asks for them.
    """
    moment = now()
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        tickets, following = await listing.page(tx, viewer, wanted, cursor, limit, moment)
        return TicketList(
            items=await views.summaries(tx, tickets),
            counts=None if cursor else await listing.counts(tx, viewer, moment),
            next=following,
        )


@router.post(
    "",
    status_code=201,
    responses=_WRITING | declare(UnknownStaff, ContactUnreadable, NotOwner, P1Protected),
)
async def open_ticket(body: NewTicket, staff: StaffDep, desk: DeskDep) -> TicketDetail:
    """Open a ticket for a customer, from a conversation, or for somebody new."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await service.open_by_staff(tx, desk.settings, staff, body)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.get("/{number}", responses=_READING)
async def show_ticket(number: str, staff: StaffDep, desk: DeskDep) -> TicketDetail:
    """One ticket with everything around it."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await find(tx, viewer, number)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.patch(
    "/{number}",
    responses=_WRITING | declare(P1Protected, CsrfFailed, UnknownStaff, ContactUnreadable),
)
async def change_ticket(
    number: str, body: TicketChange, staff: StaffDep, desk: DeskDep
) -> TicketDetail:
    """Change the fields that are given. Corrected labels are kept to learn from."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await changes.change(tx, viewer, staff, number, body)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.post(
    "/{number}/state",
    responses=_WRITING
    | declare(TicketMoveNotAllowed, ChildrenOpen, TicketMerged, Conflict, ResultRequired),
)
async def move_ticket(
    number: str, body: StateChange, staff: StaffDep, desk: DeskDep
) -> TicketDetail:
    """Move it to another state; `allowed_states` says which. `resolved` needs a result."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await workflow.move(tx, desk.settings, viewer, staff, number, body)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.get("/{number}/history", responses=_READING)
async def show_history(number: str, staff: StaffDep, desk: DeskDep) -> History:
    """Everything that happened to it, oldest first. Nothing of it can be changed."""
    async with desk.database.transaction() as tx:
        ticket = await find(tx, await viewer_of(tx, staff), number)
        return History(items=await history.entries(tx, ticket.id))
