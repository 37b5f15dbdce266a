"""Tickets for staff."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth.dependencies import StaffDep
from api.context import DeskDep
from api.errors import NotFound, NotSignedIn, declare
from api.tickets import service
from api.tickets.schemas import TicketList, TicketOut

router = APIRouter(prefix="/api/v1/tickets", tags=["tickets"])


@router.get("", responses=declare(NotSignedIn))
async def list_tickets(
    _staff: StaffDep,
    desk: DeskDep,
    state: Annotated[str | None, Query(max_length=32)] = None,
    conversation_id: UUID | None = None,
) -> TicketList:
    """Tickets, newest first; of one state or one conversation if asked."""
    async with desk.database.transaction() as tx:
        if conversation_id is not None:
            items = await service.of_conversation(tx, conversation_id)
        else:
            items = await service.listing(tx, state)
    return TicketList(items=items)


@router.get("/{number}", responses=declare(NotSignedIn, NotFound))
async def show_ticket(number: str, _staff: StaffDep, desk: DeskDep) -> TicketOut:
    """One ticket."""
    async with desk.database.transaction() as tx:
        return await service.by_number(tx, number)
