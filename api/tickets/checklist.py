"""Things to do before a ticket is done."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from api.auth.service import SignedIn
from api.db import Transaction
from api.errors import NotFound
from api.ids import new_id, now
from api.models import ChecklistItem, Ticket
from api.tickets import access, history
from api.tickets.bodies import ItemChange
from triage.visibility import Viewer


async def add(tx: Transaction, viewer: Viewer, staff: SignedIn, number: str, text: str) -> Ticket:
    """One more thing to do, at the end. Raises NotFound, TicketMerged."""
    ticket = await access.at_work(tx, viewer, number)
    last = select(func.max(ChecklistItem.position)).where(ChecklistItem.ticket_id == ticket.id)
    position = await tx.scalar(last) or 0
    tx.add(ChecklistItem(id=new_id(), ticket_id=ticket.id, position=position + 1, text=text))
    history.record(tx, ticket, staff, "item_added", text=text)
    return ticket


async def change(
    tx: Transaction,
    viewer: Viewer,
    staff: SignedIn,
    number: str,
    item_id: UUID,
    body: ItemChange,
) -> Ticket:
    """Done or not, or other words. Raises NotFound, TicketMerged."""
    ticket = await access.at_work(tx, viewer, number)
    item = await _item(tx, ticket, item_id)
    if body.text is not None and body.text != item.text:
        history.record(tx, ticket, staff, "item_changed", before=item.text, after=body.text)
        item.text = body.text
    if body.done is not None and body.done != (item.done_at is not None):
        item.done_at = now() if body.done else None
        item.done_by = staff.id if body.done else None
        history.record(tx, ticket, staff, "item_done", text=item.text, done=body.done)
    return ticket


async def remove(
    tx: Transaction, viewer: Viewer, staff: SignedIn, number: str, item_id: UUID
) -> Ticket:
    """Not to be done after all. Raises NotFound, TicketMerged."""
    ticket = await access.at_work(tx, viewer, number)
    item = await _item(tx, ticket, item_id)
    await tx.delete(item)
    history.record(tx, ticket, staff, "item_removed", text=item.text)
    return ticket


async def _item(tx: Transaction, ticket: Ticket, item_id: UUID) -> ChecklistItem:
    item = await tx.get(ChecklistItem, item_id)
    if item is None or item.ticket_id != ticket.id:
        raise NotFound
    return item
