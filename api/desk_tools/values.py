"""What the variables of ready texts stand for in a conversation."""

from __future__ import annotations

from sqlalchemy import select

from api.auth.service import SignedIn
from api.db import Transaction
from api.handoffs.queue import place
from api.i18n import say
from api.models import Conversation, Customer, Ticket
from api.naming import address


async def values_for(
    tx: Transaction, conversation: Conversation, staff: SignedIn
) -> dict[str, str | None]:
    """A value for each of `variables.VARIABLES`; None when it is not known.

    The ticket is the customer's newest that is not closed, this conversation's first.
    """
    customer = await tx.get_one(Customer, conversation.customer_id)
    order = conversation.slots.get("order_number")
    return {
        "customer.name": address(customer.display_name, customer.id),
        "agent.name": staff.display_name,
        "ticket.number": await _ticket(tx, conversation),
        "order.number": str(order) if order else None,
        "queue.wait": await _wait(tx, conversation),
    }


async def _ticket(tx: Transaction, conversation: Conversation) -> str | None:
    here = Ticket.conversation_id.is_not_distinct_from(conversation.id)
    query = (
        select(Ticket.number)
        .where(Ticket.customer_id == conversation.customer_id, Ticket.state != "closed")
        .order_by(here.desc(), Ticket.created_at.desc())
        .limit(1)
    )
    return await tx.scalar(query)


async def _wait(tx: Transaction, conversation: Conversation) -> str | None:
    seconds = (await place(tx, conversation)).expected_wait_seconds
    if seconds is None:
        return None
    return say("variable_value.minutes", minutes=max(1, round(seconds / 60)))
