"""What a customer's message in a chat means for the tickets that were made of it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from api.db import Transaction
from api.models import Conversation, Ticket
from api.tickets import telling, workflow
from triage.tickets import AT_WORK, TicketState

_AT_WORK = [state.value for state in AT_WORK]


async def customer_wrote(tx: Transaction, conversation: Conversation) -> None:
    """What waited for the customer goes on, and who works on it hears of the message.

    `conversation` is locked by the caller. What is resolved stays so: a customer says in the chat
    what has to do with other things too.
    """
    query = select(Ticket.id, Ticket.state).where(
        Ticket.conversation_id == conversation.id,
        Ticket.state.in_(_AT_WORK),
        Ticket.merged_into_id.is_(None),
    )
    found = {row.id: row.state for row in await tx.execute(query)}
    if not found:
        return
    waiting = [key for key, state in found.items() if state == TicketState.PENDING_CUSTOMER]
    if waiting:
        await _resume(tx, waiting)
    for ticket_id in sorted(found):
        ticket = await tx.get_one(Ticket, ticket_id)
        await telling.tell_of_message(tx, ticket, conversation)


async def _resume(tx: Transaction, ticket_ids: Sequence[UUID]) -> None:
    """Those that wait for the customer still, locked, go on."""
    query = (
        select(Ticket)
        .where(Ticket.id.in_(ticket_ids), Ticket.state == TicketState.PENDING_CUSTOMER)
        .order_by(Ticket.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    for ticket in await tx.scalars(query):
        await workflow.customer_wrote(tx, ticket)
