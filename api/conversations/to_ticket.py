"""A ticket made of a conversation."""

from __future__ import annotations

from uuid import UUID

from api.auth.service import Role, SignedIn
from api.conversations import access
from api.conversations.access import viewer_of
from api.conversations.bodies import TicketFromConversation
from api.conversations.replies import require_owner
from api.db import Transaction
from api.models import Ticket
from api.settings import Settings
from api.tickets import notes, telling
from api.tickets.bodies import NewNote
from api.tickets.service import open_from_conversation


async def open_ticket(
    tx: Transaction,
    settings: Settings,
    conversation_id: UUID,
    staff: SignedIn,
    body: TicketFromConversation,
) -> Ticket:
    """Open a ticket, which its maker works on, and tell the customer; the conversation goes on.

    Raises NotFound, NotOwner unless `staff` has the conversation or supervises, ContactUnreadable.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    if not staff.role.covers(Role.SUPERVISOR):
        require_owner(conversation, staff)
    ticket = await open_from_conversation(
        tx, settings, staff, conversation, body.title, body.description, body
    )
    if body.note is not None:
        viewer = await viewer_of(tx, staff)
        await notes.add(tx, settings, viewer, staff, ticket.number, NewNote(text=body.note))
    await telling.tell_customer(tx, settings, ticket, "ticket_opened")
    return ticket
