"""A ticket for its customer, by the key of the link: JSON for the widget."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.context import DeskDep
from api.errors import NotFound, TicketClosed, TooManyAttempts, declare
from api.i18n import choose
from api.tickets import customer_view
from api.tickets.bodies import CustomerAnswer
from api.tickets.schemas import TicketProgress

router = APIRouter(prefix="/api/v1/visitor/tickets", tags=["visitor"])

Key = Annotated[str, Query(max_length=100)]


@router.get("/{number}", responses=declare(NotFound))
async def ticket_status(number: str, key: Key, request: Request, desk: DeskDep) -> TicketProgress:
    """How a ticket stands, for whoever has its link."""
    language = choose(request.headers.get("accept-language"))
    async with desk.database.transaction() as tx:
        ticket = await customer_view.open_with_key(tx, desk.settings, number, key)
        return await customer_view.status(tx, ticket, language)


@router.post(
    "/{number}/answers", status_code=201, responses=declare(NotFound, TicketClosed, TooManyAttempts)
)
async def add_to_ticket(
    number: str, key: Key, body: CustomerAnswer, request: Request, desk: DeskDep
) -> TicketProgress:
    """Add something; a resolved ticket is opened again."""
    language = choose(request.headers.get("accept-language"))
    async with desk.database.transaction() as tx:
        ticket = await customer_view.add_answer(tx, desk.settings, number, key, body.text)
        return await customer_view.status(tx, ticket, language)
