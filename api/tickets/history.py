"""The history of a ticket: who changed what, from what to what. Entries are never changed.

Kinds and their data: `created` {source, priority} · `changed` {field, before, after} · `state`
{before, after, reason} · `note`, `answer`, `customer_answer` {note_id} · `watched`, `unwatched` ·
`item_added`, `item_removed` {text} · `item_changed` {before, after} · `item_done` {text, done} ·
`linked`, `unlinked` {other, link} · `merged` {into, reason} · `unmerged` {into} · `absorbed`
{number, reason} · `released` {number} · `step` {step, result} · `attached` {name} · `revealed`
{note_id}, nothing for contact and description.
"""

from __future__ import annotations

from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import select

from api.auth.service import SignedIn
from api.commerce.masking import mask_contact, mask_numbers
from api.conversations import repository as people
from api.conversations.schemas import PersonRef
from api.db import Transaction
from api.events import Event
from api.ids import new_id, now
from api.models import Ticket, TicketEvent
from api.tickets.schemas import HistoryEntry

_MASKED = {"contact": mask_contact, "title": mask_numbers, "description": mask_numbers}


def record(
    tx: Transaction, ticket: Ticket, staff: SignedIn | None, kind: str, **data: object
) -> None:
    """Write down that something happened; `staff` is None for the customer and the desk itself.

    Pages are told after the commit. Every change of a ticket goes through here.
    """
    ticket.updated_at = now()
    tx.add(
        TicketEvent(
            id=new_id(),
            ticket_id=ticket.id,
            kind=kind,
            staff_id=staff.id if staff else None,
            data=to_jsonable_python(data),
            created_at=ticket.updated_at,
        )
    )
    tx.emit(Event("ticket", "", {"id": str(ticket.id), "number": ticket.number}))
    if ticket.conversation_id is not None:
        tx.emit(Event("conversation", str(ticket.conversation_id)))


def change(
    tx: Transaction, ticket: Ticket, staff: SignedIn | None, field: str, after: object
) -> bool:
    """Set `field` of `ticket` and write it down; False when it has that value already.

    Numbers of people and cards are written down masked: a history cannot be taken back.
    """
    before = getattr(ticket, field)
    if before == after:
        return False
    setattr(ticket, field, after)
    if field in _MASKED:
        before, after = (_MASKED[field](str(each)) if each else None for each in (before, after))
    record(tx, ticket, staff, "changed", field=field, before=before, after=after)
    return True


async def entries(tx: Transaction, ticket_id: UUID) -> list[HistoryEntry]:
    """The history of a ticket, oldest first."""
    query = (
        select(TicketEvent)
        .where(TicketEvent.ticket_id == ticket_id)
        .order_by(TicketEvent.created_at, TicketEvent.id)
    )
    events = (await tx.scalars(query)).all()
    names = await people.staff_names(tx, [event.staff_id for event in events])
    return [
        HistoryEntry(
            id=event.id,
            kind=event.kind,
            author=PersonRef.of(event.staff_id, names),
            data=event.data,
            created_at=event.created_at,
        )
        for event in events
    ]
