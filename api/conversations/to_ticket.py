"""A ticket made of a conversation."""

from __future__ import annotations

from uuid import UUID

from api.auth.service import Role, SignedIn
from api.conversations import access
from api.conversations.access import viewer_of
from api.conversations.replies import require_owner
from api.db import Transaction
from api.models import Conversation, Ticket
from api.settings import Settings
from api.tickets import notes, telling
from api.tickets.bodies import NewNote
from api.tickets.service import open_from_conversation


async def open_ticket(
    tx: Transaction,
    settings: Settings,
    conversation_id: UUID,
    staff: SignedIn,
    title: str | None,
    description: str | None,
    note: str | None,
) -> Ticket:
    """Open a ticket, which its maker works on, and tell the customer; the conversation goes on.

    Raises NotFound, and NotOwner unless `staff` has the conversation or supervises.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    if not staff.role.covers(Role.SUPERVISOR):
        require_owner(conversation, staff)
    return await open_for(tx, settings, conversation, staff, title, description, note)


async def open_for(
    tx: Transaction,
    settings: Settings,
    conversation: Conversation,
    staff: SignedIn,
    title: str | None,
    description: str | None,
    note: str | None,
) -> Ticket:
    """As `open_ticket`, for a conversation that the caller has locked and may work on."""
    ticket = await open_from_conversation(tx, staff, conversation, title, description)
    if note is not None:
        viewer = await viewer_of(tx, staff)
        await notes.add(tx, settings, viewer, staff, ticket.number, NewNote(text=note))
    await telling.tell_customer(tx, settings, ticket, "ticket_opened")
    return ticket
