"""Lists of tickets: views, filters, pages and counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true

from api.db import Transaction
from api.models import Ticket, TicketWatcher
from api.paging import cut, page_of
from api.search.matching import Place, mentioned
from api.tickets import clocks
from api.tickets.access import of_team, visible
from api.tickets.schemas import TicketCounts
from triage.tickets import TicketState
from triage.visibility import Viewer

View = Literal["mine", "team", "unassigned", "breaching", "watching", "all"]
_NOT_CLOSED = Ticket.state.in_([state for state in TicketState if state is not TicketState.CLOSED])
"""Named one by one, so that the index on states serves."""
_PLACES = [
    Place("ticket", Ticket.id.expression),
    Place("customer", Ticket.customer_id.expression),
]
_VIEWS: tuple[View, ...] = ("mine", "team", "unassigned", "breaching", "watching", "all")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; None: everything.

    `q` is what the search finds the ticket or its customer by.
    """

    view: View = "all"
    state: TicketState | None = None
    priority: str | None = None
    category: str | None = None
    nature: str | None = None
    q: str | None = None
    tag: str | None = None
    customer_id: UUID | None = None
    conversation_id: UUID | None = None


async def page(
    tx: Transaction, viewer: Viewer, wanted: Filter, cursor: str | None, limit: int, now: datetime
) -> tuple[list[Ticket], str | None]:
    """A page of the tickets the viewer may see, newest first, and the cursor of the next one."""
    conditions = [visible(viewer), _narrowed(viewer, wanted, clocks.breaching(now))]
    if wanted.q and wanted.q.strip():
        conditions.append(await mentioned(tx, wanted.q, _PLACES))
    query = select(Ticket).where(*conditions)
    query = page_of(query, Ticket.created_at.expression, Ticket.id.expression, cursor, limit)
    return cut((await tx.scalars(query)).all(), limit)


async def counts(tx: Transaction, viewer: Viewer, now: datetime) -> TicketCounts:
    """How many tickets that are not closed each view holds."""
    near = clocks.breaching(now)
    columns = [func.count().filter(_in_view(view, viewer, near)).label(view) for view in _VIEWS]
    query = select(*columns).select_from(Ticket).where(_NOT_CLOSED, visible(viewer))
    row = (await tx.execute(query)).one()
    return TicketCounts.model_validate(row, from_attributes=True)


def _narrowed(viewer: Viewer, wanted: Filter, near: ColumnElement[bool]) -> ColumnElement[bool]:
    condition = _in_view(wanted.view, viewer, near)
    if wanted.view != "all" and wanted.state is None:
        condition &= _NOT_CLOSED
    for column, value in (
        (Ticket.state, wanted.state),
        (Ticket.priority, wanted.priority),
        (Ticket.category, wanted.category),
        (Ticket.nature, wanted.nature),
        (Ticket.customer_id, wanted.customer_id),
        (Ticket.conversation_id, wanted.conversation_id),
    ):
        if value is not None:
            condition &= column == value
    if wanted.tag is not None:
        condition &= Ticket.tags.contains([wanted.tag])
    return condition


def _in_view(view: View, viewer: Viewer, near: ColumnElement[bool]) -> ColumnElement[bool]:
    if view == "mine":
        return Ticket.assignee_id == viewer.id
    if view == "team":
        return of_team(viewer.team_id)
    if view == "unassigned":
        return Ticket.assignee_id.is_(None)
    if view == "breaching":
        return near
    if view == "watching":
        watched = select(TicketWatcher.ticket_id).where(TicketWatcher.staff_id == viewer.id)
        return Ticket.id.in_(watched)
    return true()
