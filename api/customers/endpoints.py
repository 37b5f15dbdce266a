"""Customers for staff."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import func, select

from api.auth.dependencies import StaffDep
from api.context import DeskDep
from api.errors import NotFound, NotSignedIn, declare
from api.models import Conversation, Customer, Ticket

router = APIRouter(prefix="/api/v1/customers", tags=["customers"])


class OpenTicketOut(BaseModel):
    """A ticket that is not closed."""

    number: str
    category: str
    state: str


class CustomerOut(BaseModel):
    """Who the customer is, and how often they came."""

    id: UUID
    display_name: str
    tier: str
    channel: str
    conversations: int
    open_tickets: list[OpenTicketOut]
    created_at: datetime


@router.get("/{customer_id}", responses=declare(NotSignedIn, NotFound))
async def show_customer(customer_id: UUID, _staff: StaffDep, desk: DeskDep) -> CustomerOut:
    """One customer."""
    async with desk.database.transaction() as tx:
        customer = await tx.get(Customer, customer_id)
        if customer is None:
            raise NotFound
        count, channel = (
            await tx.execute(
                select(func.count(), func.max(Conversation.channel)).where(
                    Conversation.customer_id == customer_id
                )
            )
        ).one()
        tickets = await tx.scalars(
            select(Ticket).where(Ticket.customer_id == customer_id, Ticket.state != "closed")
        )
        return CustomerOut(
            id=customer.id,
            display_name=customer.display_name,
            tier=customer.tier,
            channel=channel or "web",
            conversations=count,
            open_tickets=[
                OpenTicketOut.model_validate(ticket, from_attributes=True) for ticket in tickets
            ],
            created_at=customer.created_at,
        )
