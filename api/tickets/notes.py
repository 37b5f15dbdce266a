"""Notes among staff, answers to the customer, and what the customer adds."""

from __future__ import annotations

from uuid import UUID

from api.auth.service import SignedIn
from api.db import Transaction
from api.errors import NotFound
from api.ids import new_id, now
from api.models import Ticket, TicketNote
from api.search import service as search
from api.settings import Settings
from api.tickets import access, clocks, history, telling, workflow
from api.tickets.bodies import NewNote
from triage.visibility import Viewer


async def add(
    tx: Transaction,
    settings: Settings,
    viewer: Viewer,
    staff: SignedIn,
    number: str,
    body: NewNote,
) -> Ticket:
    """A note that only staff read, or with `public` an answer the customer is told of.

    Raises NotFound, TicketMerged, UnknownStaff for somebody mentioned who may not see the ticket.
    """
    ticket = await access.at_work(tx, viewer, number, customer_told=body.public)
    mentions = await access.called(tx, ticket, body.mentions)
    note = _note(ticket, staff, body.text, public=body.public)
    note.mentions = [str(each) for each in mentions]
    tx.add(note)
    await search.touch_ticket(tx, ticket)
    kind = "answer" if body.public else "note"
    history.record(tx, ticket, staff, kind, note_id=note.id)
    await telling.notify(tx, ticket, mentions, "mentioned", staff)
    if body.public:
        await clocks.answered(tx, ticket, note.created_at)
        await telling.tell_watchers(tx, ticket, staff)
        await telling.tell_customer(tx, settings, ticket, "ticket_answered", text=body.text)
    return ticket


async def add_by_customer(tx: Transaction, ticket: Ticket, text: str) -> None:
    """What the customer adds on the status page; `ticket` is locked. Raises TicketClosed."""
    note = _note(ticket, None, text, public=True)
    await workflow.customer_wrote(tx, ticket)
    tx.add(note)
    await search.touch_ticket(tx, ticket)
    history.record(tx, ticket, None, "customer_answer", note_id=note.id)
    await telling.tell_watchers(tx, ticket, None)


async def find(tx: Transaction, ticket: Ticket, note_id: UUID) -> TicketNote:
    """A note of the ticket; raises NotFound."""
    note = await tx.get(TicketNote, note_id)
    if note is None or note.ticket_id != ticket.id:
        raise NotFound
    return note


def _note(ticket: Ticket, staff: SignedIn | None, text: str, *, public: bool) -> TicketNote:
    return TicketNote(
        id=new_id(),
        ticket_id=ticket.id,
        staff_id=staff.id if staff else None,
        public=public,
        text=text,
        created_at=now(),
    )
