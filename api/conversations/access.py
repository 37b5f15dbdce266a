"""Who may see which conversation (`triage.visibility`), asked of the database."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true

from api.auth.service import Role, SignedIn
from api.conversations import repository
from api.db import Transaction
from api.errors import NotFound, UnknownStaff
from api.models import Conversation, Staff
from triage.ownership import State
from triage.visibility import OPEN_TO_ALL, Place, Viewer, may_see, place_of_conversation


def holder() -> ColumnElement[UUID | None]:
    """Who has a conversation; of an ended one, who had it last."""
    return func.coalesce(
        Conversation.owner_id, Conversation.last_agent_id, Conversation.responsible_id
    )


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """`triage.visibility.may_see` as a condition of a query on conversations."""
    if viewer.leads:
        return true()
    elsewhere = select(Staff.id).where(
        Staff.team_id.is_not(None), Staff.team_id.is_distinct_from(viewer.team_id)
    )
    return (
        Conversation.state.in_(sorted(OPEN_TO_ALL))
        | (holder() == viewer.id)
        | (Conversation.responsible_id == viewer.id)
        | holder().is_(None)
        | holder().not_in(elsewhere)
    )


async def viewer_of(tx: Transaction, staff: SignedIn) -> Viewer:
    """`staff` as the rules see them."""
    team_id = await tx.scalar(select(Staff.team_id).where(Staff.id == staff.id))
    return Viewer(staff.id, team_id, leads=staff.role.covers(Role.SUPERVISOR))


async def place_of(tx: Transaction, conversation: Conversation) -> Place:
    """Where the conversation belongs now."""
    holder_id = conversation.owner_id or conversation.last_agent_id or conversation.responsible_id
    team_id = None
    if holder_id is not None:
        team_id = await tx.scalar(select(Staff.team_id).where(Staff.id == holder_id))
    return place_of_conversation(
        State(conversation.state), holder_id, conversation.responsible_id, team_id
    )


async def find(
    tx: Transaction, staff: SignedIn, conversation_id: UUID, *, lock: bool = False
) -> Conversation:
    """The conversation, locked until the end of the transaction if wanted.

    Raises NotFound, also for one that `staff` may not see.
    """
    fetch = repository.lock if lock else repository.get
    conversation = await fetch(tx, conversation_id)
    if not staff.role.covers(Role.SUPERVISOR):
        viewer = await viewer_of(tx, staff)
        if not may_see(viewer, await place_of(tx, conversation)):
            raise NotFound
    return conversation


async def called(tx: Transaction, conversation: Conversation, ids: list[UUID]) -> list[UUID]:
    """The people a note calls, each once.

    Raises UnknownStaff for somebody who is not there or may not see the conversation.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    place = await place_of(tx, conversation)
    query = select(Staff).where(Staff.id.in_(wanted), Staff.active)
    known = {person.id: person for person in await tx.scalars(query)}
    for staff_id in wanted:
        person = known.get(staff_id)
        if person is None or not may_see(_viewer(person), place):
            raise UnknownStaff(staff_id=str(staff_id))
    return wanted


def _viewer(person: Staff) -> Viewer:
    return Viewer(person.id, person.team_id, leads=Role(person.role).covers(Role.SUPERVISOR))
