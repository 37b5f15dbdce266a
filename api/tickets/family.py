"""Tickets that have to do with each other: links, parents and children."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, or_, select, text

from api.auth.service import SignedIn
from api.db import Transaction
from api.errors import NotFound, TicketCycle
from api.models import Ticket, TicketLink
from api.tickets import access, history
from api.tickets.bodies import LinkKind
from triage.tickets import makes_cycle
from triage.visibility import Viewer

_ANCESTORS = text("""
    WITH RECURSIVE above (id, parent_id) AS (
        SELECT id, parent_id FROM ticket WHERE id = :start
        UNION SELECT ticket.id, ticket.parent_id
        FROM ticket JOIN above ON ticket.id = above.parent_id
    ) SELECT id, parent_id FROM above""")
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('ticket-family', 0))")
"""Acts on two tickets at once: a cycle made at the same moment from both sides would go unseen."""


async def link(
    tx: Transaction, viewer: Viewer, staff: SignedIn, number: str, other: str, kind: LinkKind
) -> Ticket:
    """Link two tickets, or give their link another kind. Raises NotFound, TicketMerged, TicketCycle
    for a link to itself."""
    await tx.execute(ONE_AT_A_TIME)
    ticket = await access.at_work(tx, viewer, number)
    second = await access.find(tx, viewer, other)
    if second.id == ticket.id:
        raise TicketCycle
    known = await _link(tx, ticket, second)
    if known is not None and known.ticket_id == ticket.id and known.kind == kind:
        return ticket
    if known is not None:
        await tx.delete(known)
        await tx.flush()
    tx.add(TicketLink(ticket_id=ticket.id, other_id=second.id, kind=kind))
    history.record(tx, ticket, staff, "linked", other=second.number, link=kind)
    history.record(tx, second, staff, "linked", other=ticket.number, link=kind)
    return ticket


async def unlink(
    tx: Transaction, viewer: Viewer, staff: SignedIn, number: str, other: str
) -> Ticket:
    """Take a link away, whichever end it was made from. Raises NotFound, TicketMerged."""
    await tx.execute(ONE_AT_A_TIME)
    ticket = await access.at_work(tx, viewer, number)
    second = await access.find(tx, viewer, other)
    known = await _link(tx, ticket, second)
    if known is None:
        raise NotFound
    await tx.delete(known)
    history.record(tx, ticket, staff, "unlinked", other=second.number, link=known.kind)
    history.record(tx, second, staff, "unlinked", other=ticket.number, link=known.kind)
    return ticket


async def set_parent(
    tx: Transaction, viewer: Viewer, staff: SignedIn, number: str, parent: str | None
) -> Ticket:
    """Make the ticket a part of another one, or of none. Raises NotFound, TicketMerged,
    TicketCycle."""
    await tx.execute(ONE_AT_A_TIME)
    await access.lock(tx, number, *filter(None, [parent]))
    ticket = await access.at_work(tx, viewer, number)
    above = None
    if parent is not None:
        above = await access.at_work(tx, viewer, parent)
        if makes_cycle(ticket.id, above.id, await parents_above(tx, above.id)):
            raise TicketCycle
    before = await tx.get(Ticket, ticket.parent_id) if ticket.parent_id else None
    if before is not above:
        ticket.parent_id = above.id if above else None
        ticket.version += 1
        numbers = {"before": before and before.number, "after": above and above.number}
        history.record(tx, ticket, staff, "changed", field="parent_id", **numbers)
    return ticket


async def parents_above(tx: Transaction, ticket_id: UUID) -> dict[UUID, UUID | None]:
    """The parents of a ticket and of everything above it."""
    rows = await tx.execute(_ANCESTORS, {"start": ticket_id})
    return {row.id: row.parent_id for row in rows}


async def _link(tx: Transaction, one: Ticket, two: Ticket) -> TicketLink | None:
    return await tx.scalar(
        select(TicketLink).where(
            or_(
                and_(TicketLink.ticket_id == one.id, TicketLink.other_id == two.id),
                and_(TicketLink.ticket_id == two.id, TicketLink.other_id == one.id),
            )
        )
    )
