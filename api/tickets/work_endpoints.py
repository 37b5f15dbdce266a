"""Work on a ticket: notes, watchers, checklist, links, merging, complaint steps, its contact."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request

from api.auth.dependencies import StaffDep, address_of
from api.context import DeskDep
from api.conversations.access import viewer_of
from api.customers.reveal import Reason, permit
from api.errors import (
    Conflict,
    CsrfFailed,
    MergeNotPossible,
    NotFound,
    NotMerged,
    NotSignedIn,
    ReasonTooShort,
    StepNotAllowed,
    TicketCycle,
    TicketMerged,
    TooManyReveals,
    UnknownStaff,
    declare,
)
from api.tickets import (
    checklist,
    complaints,
    family,
    history,
    merging,
    notes,
    parts,
    views,
    watching,
)
from api.tickets.access import at_work, find
from api.tickets.bodies import (
    ItemChange,
    Merge,
    NewItem,
    NewLink,
    NewNote,
    NewParent,
    StepResult,
)
from api.tickets.schemas import Revealed, RevealedNote, TicketDetail
from triage.policy.complaints import ComplaintStep

router = APIRouter(prefix="/api/v1/tickets/{number}", tags=["tickets"])

_SAFE = declare(NotSignedIn, CsrfFailed, NotFound)
_WRITING = declare(NotSignedIn, CsrfFailed, NotFound, TicketMerged)


@router.post("/notes", status_code=201, responses=_WRITING | declare(UnknownStaff))
async def add_note(number: str, body: NewNote, staff: StaffDep, desk: DeskDep) -> TicketDetail:
    """A note among staff, or with `public` an answer the customer reads on the status page."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await notes.add(tx, desk.settings, viewer, staff, number, body)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.post("/watch", responses=_SAFE)
async def watch(number: str, staff: StaffDep, desk: DeskDep) -> TicketDetail:
    """Be told of changes."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await watching.watch(tx, viewer, staff, number)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.post("/unwatch", responses=_SAFE)
async def unwatch(number: str, staff: StaffDep, desk: DeskDep) -> TicketDetail:
    """Be told of changes no more."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await watching.unwatch(tx, viewer, staff, number)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.post("/checklist", status_code=201, responses=_WRITING)
async def add_item(number: str, body: NewItem, staff: StaffDep, desk: DeskDep) -> TicketDetail:
    """One more thing to do."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await checklist.add(tx, viewer, staff, number, body.text)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.patch("/checklist/{item_id}", responses=_WRITING)
async def change_item(
    number: str, item_id: UUID, body: ItemChange, staff: StaffDep, desk: DeskDep
) -> TicketDetail:
    """Done or not, or other words."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await checklist.change(tx, viewer, staff, number, item_id, body)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.delete("/checklist/{item_id}", responses=_WRITING)
async def remove_item(number: str, item_id: UUID, staff: StaffDep, desk: DeskDep) -> TicketDetail:
    """Not to be done after all."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await checklist.remove(tx, viewer, staff, number, item_id)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.post("/links", status_code=201, responses=_WRITING | declare(TicketMerged, TicketCycle))
async def add_link(number: str, body: NewLink, staff: StaffDep, desk: DeskDep) -> TicketDetail:
    """Link another ticket, or give the link another kind."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await family.link(tx, viewer, staff, number, body.other, body.kind)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.delete("/links/{other}", responses=_WRITING)
async def remove_link(number: str, other: str, staff: StaffDep, desk: DeskDep) -> TicketDetail:
    """Take a link away."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await family.unlink(tx, viewer, staff, number, other)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.post("/parent", responses=_WRITING | declare(TicketMerged, TicketCycle))
async def set_parent(number: str, body: NewParent, staff: StaffDep, desk: DeskDep) -> TicketDetail:
    """Make it a part of another ticket, or of none."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await family.set_parent(tx, viewer, staff, number, body.number)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.post("/merge", responses=_WRITING | declare(TicketMerged, MergeNotPossible))
async def merge(number: str, body: Merge, staff: StaffDep, desk: DeskDep) -> TicketDetail:
    """Make it part of another ticket of the same customer; gives that one."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        target = await merging.merge(tx, viewer, staff, number, body.into, body.reason)
        return await views.detail(tx, desk.settings, viewer, target)


@router.post("/unmerge", responses=_SAFE | declare(NotMerged, Conflict))
async def unmerge(number: str, staff: StaffDep, desk: DeskDep) -> TicketDetail:
    """Undo its merge: exactly what moved moves back."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await merging.unmerge(tx, viewer, staff, number)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.post("/complaint-steps/{step}", responses=_WRITING | declare(TicketMerged, StepNotAllowed))
async def finish_step(
    number: str, step: ComplaintStep, body: StepResult, staff: StaffDep, desk: DeskDep
) -> TicketDetail:
    """A step of a complaint is done, with its result; steps come one after another."""
    async with desk.database.transaction() as tx:
        viewer = await viewer_of(tx, staff)
        ticket = await at_work(tx, viewer, number)
        await complaints.finish_step(tx, ticket, staff, step, body.result)
        return await views.detail(tx, desk.settings, viewer, ticket)


@router.post("/reveal", responses=_SAFE | declare(ReasonTooShort, TooManyReveals))
async def reveal(
    number: str, body: Reason, request: Request, staff: StaffDep, desk: DeskDep
) -> Revealed:
    """Contact and description in full, for a reason that is kept in the audit log."""
    async with desk.database.transaction() as tx:
        ticket = await find(tx, await viewer_of(tx, staff), number, lock=True)
        what = {"number": ticket.number, "field": "contact, description"}
        address = address_of(request)
        await permit(tx, staff, "ticket", ticket.id, body.reason, what, address)
        history.record(tx, ticket, staff, "revealed")
        return Revealed(contact=ticket.contact, description=ticket.description)


@router.post("/notes/{note_id}/reveal", responses=_SAFE | declare(ReasonTooShort, TooManyReveals))
async def reveal_note(
    number: str, note_id: UUID, body: Reason, request: Request, staff: StaffDep, desk: DeskDep
) -> RevealedNote:
    """What a customer wrote, in full; a look at what is masked is kept in the audit log."""
    async with desk.database.transaction() as tx:
        ticket = await find(tx, await viewer_of(tx, staff), number, lock=True)
        note = await notes.find(tx, ticket, note_id)
        if parts.shown_text(note) != note.text:
            what = {"number": ticket.number, "field": "note", "note_id": str(note.id)}
            address = address_of(request)
            await permit(tx, staff, "ticket", ticket.id, body.reason, what, address)
            history.record(tx, ticket, staff, "revealed", note_id=note.id)
        return RevealedNote(text=note.text)
