"""What hangs on a ticket, read for the detail page."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select

from api.attachments.schemas import AttachmentOut
from api.commerce.masking import mask_numbers
from api.conversations import repository as people
from api.conversations.schemas import PersonRef
from api.db import Transaction
from api.i18n import say
from api.models import (
    Attachment,
    ChecklistItem,
    ComplaintStep,
    Staff,
    Ticket,
    TicketLink,
    TicketMerge,
    TicketNote,
    TicketWatcher,
)
from api.tickets.access import visible
from api.tickets.schemas import ItemOut, LinkOut, NoteOut, RelatedTicket, StepOut
from triage.policy import complaints
from triage.visibility import Viewer

_LinkEnd = Literal["relates", "duplicates", "caused_by", "duplicated_by", "causes"]
_HERE: dict[str, _LinkEnd] = {
    "relates": "relates",
    "duplicates": "duplicates",
    "caused_by": "caused_by",
}
_THERE: dict[str, _LinkEnd] = {
    "relates": "relates",
    "duplicates": "duplicated_by",
    "caused_by": "causes",
}


async def notes(tx: Transaction, ticket: Ticket) -> list[NoteOut]:
    """Notes and answers, oldest first."""
    query = (
        select(TicketNote)
        .where(TicketNote.ticket_id == ticket.id)
        .order_by(TicketNote.created_at, TicketNote.id)
    )
    found = (await tx.scalars(query)).all()
    names = await people.staff_names(tx, [note.staff_id for note in found])
    return [
        NoteOut(
            id=note.id,
            author=PersonRef.of(note.staff_id, names),
            public=note.public,
            text=(shown := shown_text(note)),
            masked=shown != note.text,
            mentions=[UUID(each) for each in note.mentions],
            created_at=note.created_at,
        )
        for note in found
    ]


def shown_text(note: TicketNote) -> str:
    """What staff read; numbers of people and cards in a customer's words are masked."""
    return note.text if note.staff_id else mask_numbers(note.text)


async def watchers(tx: Transaction, ticket: Ticket) -> list[PersonRef]:
    """Who is told what happens, by name."""
    query = (
        select(Staff.id, Staff.display_name)
        .join(TicketWatcher, TicketWatcher.staff_id == Staff.id)
        .where(TicketWatcher.ticket_id == ticket.id)
        .order_by(Staff.display_name)
    )
    return [PersonRef(id=row.id, display_name=row.display_name) for row in await tx.execute(query)]


async def checklist(tx: Transaction, ticket: Ticket) -> list[ItemOut]:
    """Things to do, in their order."""
    query = (
        select(ChecklistItem)
        .where(ChecklistItem.ticket_id == ticket.id)
        .order_by(ChecklistItem.position, ChecklistItem.id)
    )
    items = (await tx.scalars(query)).all()
    names = await people.staff_names(tx, [item.done_by for item in items])
    return [
        ItemOut(
            id=item.id,
            text=item.text,
            done_at=item.done_at,
            done_by=PersonRef.of(item.done_by, names),
        )
        for item in items
    ]


async def complaint_steps(tx: Transaction, ticket: Ticket) -> list[StepOut]:
    """The steps of a complaint in their order; nothing for other tickets."""
    query = select(ComplaintStep).where(ComplaintStep.ticket_id == ticket.id)
    found = {step.step: step for step in (await tx.scalars(query)).all()}
    names = await people.staff_names(tx, [step.done_by for step in found.values()])
    return [
        StepOut(
            step=step.step,
            name=say(f"complaint_step.{step.step}"),
            due_at=step.due_at,
            done_at=step.done_at,
            done_by=PersonRef.of(step.done_by, names),
            result=step.result,
        )
        for step in (found.get(each) for each in complaints.ComplaintStep)
        if step is not None
    ]


async def links(tx: Transaction, viewer: Viewer, ticket: Ticket) -> list[LinkOut]:
    """Linked tickets the viewer may see, from either end."""
    ends = (
        (TicketLink.ticket_id, TicketLink.other_id, _HERE),
        (TicketLink.other_id, TicketLink.ticket_id, _THERE),
    )
    found = []
    for here, there, names in ends:
        query = (
            select(Ticket.number, Ticket.title, Ticket.state, TicketLink.kind)
            .join(TicketLink, there == Ticket.id)
            .where(here == ticket.id, visible(viewer))
        )
        for row in await tx.execute(query):
            kind = names[row.kind]
            found.append(LinkOut(number=row.number, title=row.title, state=row.state, kind=kind))
    return sorted(found, key=lambda link: link.number)


async def parent(tx: Transaction, viewer: Viewer, ticket: Ticket) -> RelatedTicket | None:
    """The ticket this one is a part of."""
    if ticket.parent_id is None:
        return None
    found = await _related(tx, viewer, Ticket.id == ticket.parent_id)
    return found[0] if found else None


async def children(tx: Transaction, viewer: Viewer, ticket: Ticket) -> list[RelatedTicket]:
    """The parts of this ticket, by number."""
    return await _related(tx, viewer, Ticket.parent_id == ticket.id)


async def merged_into(tx: Transaction, ticket: Ticket) -> str | None:
    """The number of the ticket this one was merged into."""
    if ticket.merged_into_id is None:
        return None
    return await tx.scalar(select(Ticket.number).where(Ticket.id == ticket.merged_into_id))


async def merged(tx: Transaction, ticket: Ticket) -> list[str]:
    """Numbers of the tickets that were merged into this one."""
    query = (
        select(Ticket.number)
        .join(TicketMerge, TicketMerge.source_id == Ticket.id)
        .where(TicketMerge.target_id == ticket.id, TicketMerge.undone_at.is_(None))
        .order_by(Ticket.number)
    )
    return list((await tx.scalars(query)).all())


async def attachments(tx: Transaction, ticket: Ticket) -> list[AttachmentOut]:
    """Files of the ticket, oldest first."""
    query = (
        select(Attachment)
        .where(Attachment.ticket_id == ticket.id)
        .order_by(Attachment.created_at, Attachment.id)
    )
    return [AttachmentOut.model_validate(each) for each in (await tx.scalars(query)).all()]


async def _related(
    tx: Transaction, viewer: Viewer, which: ColumnElement[bool]
) -> list[RelatedTicket]:
    query = (
        select(Ticket.number, Ticket.title, Ticket.state)
        .where(which, visible(viewer))
        .order_by(Ticket.number)
    )
    return [
        RelatedTicket(number=row.number, title=row.title, state=row.state)
        for row in await tx.execute(query)
    ]
