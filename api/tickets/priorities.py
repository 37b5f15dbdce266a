"""The priority of a ticket: impact × urgency, then policy (norms §1)."""

from __future__ import annotations

from api.db import Transaction
from api.models import Customer, Ticket
from triage.priority import prioritise


async def judged(tx: Transaction, ticket: Ticket) -> str:
    """The priority that the ticket's impact and urgency and the policy give."""
    customer = await tx.get_one(Customer, ticket.customer_id)
    return prioritise(
        ticket.impact,
        ticket.urgency,
        vip_complaint=ticket.nature == "complaint" and customer.tier == "vip",
        repeated_complaint=ticket.repeated,
    ).key


def raised(priority: str) -> str:
    """One higher, never past P1."""
    return f"P{max(1, int(priority[1]) - 1)}"
