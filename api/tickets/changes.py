"""Changing a ticket's fields: who works on it, its labels, what was found."""

from __future__ import annotations

from uuid import UUID

from api.audit import service as audit
from api.auth.service import SignedIn
from api.commerce.masking import mask_contact, mask_numbers
from api.db import Transaction
from api.deadlines import incidents
from api.errors import Conflict, P1Protected
from api.ids import new_id
from api.models import LabelCorrection, Ticket
from api.search import service as search
from api.tickets import access, clocks, complaints, contacts, history, telling
from api.tickets.bodies import TicketChange
from api.tickets.priorities import judged, raised
from triage.tickets import AT_WORK, TicketState, may_set_priority
from triage.visibility import Viewer

_LABELS = ("category", "nature", "impact", "urgency")
_REQUIRED = ("title", "description", "tags", "root_cause")
_OPTIONAL = ("order_number", "contact", "result")


async def change(
    tx: Transaction, viewer: Viewer, staff: SignedIn, number: str, body: TicketChange
) -> Ticket:
    """Change what `body` names.

    Raises NotFound, TicketMerged, Conflict for a stale version, P1Protected, UnknownStaff,
    ContactUnreadable.
    """
    ticket = await access.at_work(tx, viewer, number)
    check_version(ticket, body.version)
    given = body.model_fields_set - _unseen(ticket, body)
    if "contact" in given and body.contact:
        body = body.model_copy(update={"contact": contacts.normalised(body.contact)})
    changed = [
        history.change(tx, ticket, staff, field, getattr(body, field))
        for field in (*_REQUIRED, *_OPTIONAL)
        if field in given and (field in _OPTIONAL or getattr(body, field) is not None)
    ]
    changed.append(await _correct(tx, viewer, staff, ticket, body))
    if "assignee_id" in given:
        changed.append(await assign(tx, ticket, staff, body.assignee_id))
    if "team_id" in given:
        changed.append(await give_to_team(tx, ticket, staff, body.team_id))
    if any(changed):
        ticket.version += 1
        await search.touch_ticket(tx, ticket)
        await telling.tell_watchers(tx, ticket, staff)
    return ticket


def check_version(ticket: Ticket, version: int) -> None:
    """Raises Conflict when somebody has changed the ticket since `version`."""
    if ticket.version != version:
        raise Conflict(version=ticket.version)


async def assign(tx: Transaction, ticket: Ticket, staff: SignedIn, staff_id: UUID | None) -> bool:
    """Give the ticket to somebody, and to their team if they have one; None: to nobody.

    Raises UnknownStaff. False when they have it already.
    """
    before = ticket.assignee_id
    if staff_id is not None:
        chosen = await access.active_staff(tx, staff_id)
        if chosen.team_id is not None:
            history.change(tx, ticket, staff, "team_id", chosen.team_id)
    if not history.change(tx, ticket, staff, "assignee_id", staff_id):
        return False
    data = {"number": ticket.number, "from": _text(before), "to": _text(staff_id)}
    await audit.record(tx, staff, "assign", "ticket", ticket.id, data)
    await telling.notify(tx, ticket, [staff_id], "ticket_assigned", staff)
    return True


async def give_to_team(
    tx: Transaction, ticket: Ticket, staff: SignedIn, team_id: UUID | None
) -> bool:
    """Give the ticket to a team, or to none; raises NotFound."""
    if team_id is not None:
        await access.known_team(tx, team_id)
    return history.change(tx, ticket, staff, "team_id", team_id)


def _unseen(ticket: Ticket, body: TicketChange) -> set[str]:
    """Fields sent back as they were shown, masked: no change was meant."""
    shown = {
        "description": mask_numbers(ticket.description),
        "contact": mask_contact(ticket.contact) if ticket.contact else None,
    }
    return {field for field, text in shown.items() if text and getattr(body, field) == text}


async def _correct(
    tx: Transaction, viewer: Viewer, staff: SignedIn, ticket: Ticket, body: TicketChange
) -> bool:
    """Labels and priority put right: kept to learn from, and in the audit log."""
    before = {field: getattr(ticket, field) for field in _LABELS}
    repeated = ticket.repeated
    changed = {
        field
        for field in _LABELS
        if (value := getattr(body, field)) is not None
        and history.change(tx, ticket, staff, field, value)
    }
    for field in sorted(changed):
        await _keep(tx, staff, ticket, field, before[field])
    if changed & {"category", "nature"}:
        await complaints.follow_nature(tx, ticket)
    wanted: str | None = body.priority
    if wanted is None and changed & {"impact", "urgency"}:
        wanted = await judged(tx, ticket)
    elif wanted is None and ticket.repeated and not repeated:
        wanted = raised(ticket.priority)
    elif wanted is None and "nature" in changed:  # the policy only raises
        wanted = min(ticket.priority, await judged(tx, ticket))
    if wanted is None or wanted == ticket.priority:
        return bool(changed)
    await _prioritise(tx, viewer, staff, ticket, wanted)
    return True


async def _prioritise(
    tx: Transaction, viewer: Viewer, staff: SignedIn, ticket: Ticket, wanted: str
) -> None:
    before = ticket.priority
    if not may_set_priority(before, wanted, leads=viewer.leads):
        raise P1Protected
    history.change(tx, ticket, staff, "priority", wanted)
    await _keep(tx, staff, ticket, "priority", before)
    await clocks.reprioritised(tx, ticket)
    if wanted == "P1" and TicketState(ticket.state) in AT_WORK:
        await incidents.opened_by_p1(tx, ticket, ticket.impact)


async def _keep(
    tx: Transaction, staff: SignedIn, ticket: Ticket, field: str, before: object
) -> None:
    after = getattr(ticket, field)
    tx.add(
        LabelCorrection(
            id=new_id(),
            conversation_id=ticket.conversation_id,
            ticket_id=ticket.id,
            target=field,
            said=str(before),
            corrected=str(after),
            staff_id=staff.id,
        )
    )
    action = "priority_changed" if field == "priority" else "label_changed"
    data = {"number": ticket.number, "label": field, "from": before, "to": after}
    await audit.record(tx, staff, action, "ticket", ticket.id, data)


def _text(staff_id: UUID | None) -> str | None:
    return str(staff_id) if staff_id else None
