"""Who may see which ticket: another team's is not there for an agent."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import aliased

from api.auth.service import Role
from api.conversations import repository as conversations
from api.db import Transaction
from api.errors import NotFound, TicketMerged, UnknownStaff
from api.models import Staff, Team, Ticket
from triage.visibility import Place, Viewer, may_see, place_of_ticket


def of_team(team_id: UUID | None) -> ColumnElement[bool]:
    """Whose team is this one: a ticket's own, else that of who works on it. None: has no team."""
    worker = aliased(Staff)
    if team_id is None:
        elsewhere = select(worker.id).where(worker.team_id.is_not(None))
        nobodys = Ticket.assignee_id.is_(None) | Ticket.assignee_id.not_in(elsewhere)
        return Ticket.team_id.is_(None) & nobodys
    members = select(worker.id).where(worker.team_id == team_id)
    theirs = Ticket.team_id.is_(None) & Ticket.assignee_id.in_(members)
    return (Ticket.team_id == team_id) | theirs


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """`triage.visibility.may_see` as a condition of a query on tickets."""
    if viewer.leads:
        return true()
    seen = (Ticket.assignee_id == viewer.id) | of_team(None)
    return seen if viewer.team_id is None else seen | of_team(viewer.team_id)


async def find(tx: Transaction, viewer: Viewer, number: str, *, lock: bool = False) -> Ticket:
    """The ticket of that number, locked until the end of the transaction if wanted.

    Raises NotFound, also for one the viewer may not see.
    """
    query = select(Ticket).where(Ticket.number == number, visible(viewer))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    ticket = await tx.scalar(query)
    if ticket is None:
        raise NotFound
    return ticket


async def at_work(
    tx: Transaction, viewer: Viewer, number: str, *, customer_told: bool = False
) -> Ticket:
    """The ticket, locked, to change something; raises NotFound and TicketMerged.

    Where the customer is told of it, the conversation they are told in is locked first.
    """
    if customer_told:
        await _lock_conversation(tx, number)
    ticket = await find(tx, viewer, number, lock=True)
    if ticket.merged_into_id is not None:
        into = await tx.scalar(select(Ticket.number).where(Ticket.id == ticket.merged_into_id))
        raise TicketMerged(into=into)
    return ticket


async def lock(tx: Transaction, *numbers: str) -> None:
    """Lock tickets in the order of their ids, as whoever locks several of them does."""
    query = select(Ticket.id).where(Ticket.number.in_(numbers)).order_by(Ticket.id)
    await tx.execute(query.with_for_update(key_share=True))


async def _lock_conversation(tx: Transaction, number: str) -> None:
    query = select(Ticket.conversation_id).where(Ticket.number == number)
    conversation_id = await tx.scalar(query)
    if conversation_id is not None:
        await conversations.lock(tx, conversation_id)


async def place_of(tx: Transaction, ticket: Ticket) -> Place:
    """Where the ticket belongs now."""
    team_id = ticket.team_id
    if team_id is None and ticket.assignee_id is not None:
        team_id = await tx.scalar(select(Staff.team_id).where(Staff.id == ticket.assignee_id))
    return place_of_ticket(team_id, ticket.assignee_id)


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
