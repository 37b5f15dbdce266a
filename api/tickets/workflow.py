"""A ticket goes from state to state (`triage.tickets.MOVES`), and what that brings about."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from api.audit import service as audit
from api.auth.service import SignedIn
from api.db import Transaction
from api.deadlines import follow_ups
from api.errors import ChildrenOpen, ResultRequired, TicketClosed, TicketMoveNotAllowed
from api.ids import now
from api.models import Ticket
from api.search import service as search
from api.settings import Settings
from api.tickets import access, clocks, history, telling
from api.tickets.bodies import StateChange
from api.tickets.changes import check_version
from triage.tickets import TicketState, after_customer_wrote, allowed_states, unfinished
from triage.visibility import Viewer


async def move(
    tx: Transaction,
    settings: Settings,
    viewer: Viewer,
    staff: SignedIn,
    number: str,
    body: StateChange,
) -> Ticket:
    """Move a ticket to another state.

    Raises NotFound, TicketMerged, Conflict for a stale version, TicketMoveNotAllowed,
    ResultRequired for a resolution without a result, ChildrenOpen.
    """
    resolved = body.state is TicketState.RESOLVED
    ticket = await access.at_work(tx, viewer, number, customer_told=resolved)
    check_version(ticket, body.version)
    allowed = allowed_states(TicketState(ticket.state), leads=viewer.leads)
    if body.state not in allowed:
        raise TicketMoveNotAllowed(state=ticket.state, allowed=list(allowed))
    if body.result is not None:
        history.change(tx, ticket, staff, "result", body.result)
        await search.touch_ticket(tx, ticket)
    if resolved and not ticket.result:
        raise ResultRequired
    if body.state is TicketState.CLOSED and not (body.force and viewer.leads):
        await _require_closed_children(tx, ticket)
    before = await enter(tx, ticket, staff, body.state, reason=body.reason)
    await _aftercare(tx, ticket, staff)
    data = {"number": ticket.number, "from": before, "to": ticket.state}
    await audit.record(tx, staff, "ticket_state", "ticket", ticket.id, data)
    await telling.tell_watchers(tx, ticket, staff)
    if resolved and ticket.result:
        await telling.tell_customer(tx, settings, ticket, "ticket_resolved", result=ticket.result)
    return ticket


async def customer_wrote(tx: Transaction, ticket: Ticket) -> None:
    """The customer has added something: what waited for them goes on, what was resolved reopens.

    Raises TicketClosed.
    """
    wanted = after_customer_wrote(TicketState(ticket.state))
    if wanted is None:
        raise TicketClosed
    if wanted != ticket.state:
        await enter(tx, ticket, None, wanted)
        await _aftercare(tx, ticket, None)
    await clocks.customer_wrote(tx, ticket, now())


async def enter(
    tx: Transaction,
    ticket: Ticket,
    staff: SignedIn | None,
    wanted: TicketState,
    reason: str | None = None,
) -> str:
    """Set the state with its moments and clocks; gives the state before."""
    before, moment = ticket.state, now()
    ticket.state = wanted.value
    ticket.version += 1
    if wanted is TicketState.RESOLVED:
        ticket.resolved_at = moment
    elif wanted is TicketState.CLOSED:
        ticket.closed_at = moment
    else:
        ticket.resolved_at = ticket.closed_at = None
    await clocks.moved(tx, ticket, TicketState(before), wanted, moment)
    history.record(tx, ticket, staff, "state", before=before, after=ticket.state, reason=reason)
    return before


async def _require_closed_children(tx: Transaction, ticket: Ticket) -> None:
    query = select(Ticket.number, Ticket.state).where(Ticket.parent_id == ticket.id)
    children = [(row.number, TicketState(row.state)) for row in await tx.execute(query)]
    left = unfinished(children)
    if left:
        raise ChildrenOpen(children=list(left))


async def _aftercare(tx: Transaction, ticket: Ticket, staff: SignedIn | None) -> None:
    """回访: asked for when a ticket is closed, called off when it is opened again."""
    state = TicketState(ticket.state)
    if state is TicketState.CLOSED and ticket.closed_at is not None:
        owner: UUID | None = ticket.assignee_id or (staff.id if staff else None)
        await follow_ups.plan(tx, ticket.customer_id, owner, ticket.closed_at, ticket_id=ticket.id)
    elif state is TicketState.REOPENED:
        await follow_ups.call_off(tx, ticket.id)
