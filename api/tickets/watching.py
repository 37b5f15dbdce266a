"""Who wants to be told what happens to a ticket."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from api.auth.service import SignedIn
from api.db import Transaction
from api.models import Ticket, TicketWatcher
from api.tickets import access, history
from triage.visibility import Viewer


async def watch(tx: Transaction, viewer: Viewer, staff: SignedIn, number: str) -> Ticket:
    """Be told from now on; again changes nothing. Raises NotFound."""
    ticket = await access.find(tx, viewer, number, lock=True)
    row = insert(TicketWatcher).values(ticket_id=ticket.id, staff_id=staff.id)
    added = await tx.scalar(row.on_conflict_do_nothing().returning(TicketWatcher.staff_id))
    if added is not None:
        history.record(tx, ticket, staff, "watched")
    return ticket


async def unwatch(tx: Transaction, viewer: Viewer, staff: SignedIn, number: str) -> Ticket:
    """Be told no more. Raises NotFound."""
    ticket = await access.find(tx, viewer, number, lock=True)
    watcher = await tx.get(TicketWatcher, (ticket.id, staff.id))
    if watcher is not None:
        await tx.delete(watcher)
        history.record(tx, ticket, staff, "unwatched")
    return ticket
