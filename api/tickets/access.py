"""Who may see which ticket: another team's is not there for an agent."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import aliased

from api.auth.service import Role
from api.db import Transaction
from api.errors import NotFound, TicketMerged, UnknownStaff
from api.models import Staff, Team, Ticket
from triage.tickets import Place, Viewer, may_see


def team_of() -> ColumnElement[UUID | None]:
    """A ticket's team: its own, else that of who works on it."""
    worker = aliased(Staff)
    theirs = select(worker.team_id).where(worker.id == Ticket.assignee_id).scalar_subquery()
    return func.coalesce(Ticket.team_id, theirs)


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """`triage.tickets.may_see` as a condition of a query on tickets."""
    if viewer.leads:
        return true()
    team = team_of()
    return (Ticket.assignee_id == viewer.id) | team.is_(None) | (team == viewer.team_id)


async def find(tx: Transaction, viewer: Viewer, number: str, *, lock: bool = False) -> Ticket:
    """The ticket of that number, locked until the end of the transaction if wanted.

    Raises NotFound, also for one the viewer may not see.
    """
    query = select(Ticket).where(Ticket.number == number, visible(viewer))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    ticket = await tx.scalar(query)
    if ticket is None:
        raise NotFound
    return ticket


async def at_work(tx: Transaction, viewer: Viewer, number: str) -> Ticket:
    """The ticket, locked, to change something; raises NotFound and TicketMerged."""
    ticket = await find(tx, viewer, number, lock=True)
    if ticket.merged_into_id is not None:
        into = await tx.scalar(select(Ticket.number).where(Ticket.id == ticket.merged_into_id))
        raise TicketMerged(into=into)
    return ticket


async def place_of(tx: Transaction, ticket: Ticket) -> Place:
    """Where the ticket belongs now."""
    team_id = ticket.team_id
    if team_id is None and ticket.assignee_id is not None:
        team_id = await tx.scalar(select(Staff.team_id).where(Staff.id == ticket.assignee_id))
    return Place(team_id, ticket.assignee_id)


async def active_staff(tx: Transaction, staff_id: UUID) -> Staff:
    """The active account; raises UnknownStaff."""
    found = await tx.scalar(select(Staff).where(Staff.id == staff_id, Staff.active))
    if found is None:
        raise UnknownStaff(staff_id=str(staff_id))
    return found


async def known_team(tx: Transaction, team_id: UUID) -> Team:
    """The team; raises NotFound."""
    team = await tx.get(Team, team_id)
    if team is None:
        raise NotFound(team_id=str(team_id))
    return team


async def called(tx: Transaction, ticket: Ticket, mentions: list[UUID]) -> list[UUID]:
    """The people a note calls, each once; raises UnknownStaff for one who may not see it."""
    place = await place_of(tx, ticket)
    ids = list(dict.fromkeys(mentions))
    for staff_id in ids:
        found = await active_staff(tx, staff_id)
        leads = Role(found.role).covers(Role.SUPERVISOR)
        if not may_see(Viewer(found.id, found.team_id, leads), place):
            raise UnknownStaff(staff_id=str(staff_id))
    return ids
