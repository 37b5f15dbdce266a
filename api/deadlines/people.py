"""Who stands on which rung of the ladder agent → team lead → management (norms §2, §6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select

from api.auth.service import Role
from api.db import Transaction
from api.models import Conversation, Customer, FollowUp, Incident, Staff, Team, Ticket
from triage.policy.escalation import Rung


@dataclass(frozen=True, slots=True)
class Concern:
    """What an alert or a deadline is about, for people: whom it concerns, and how it is called."""

    title: str
    agent_id: UUID | None = None
    team_id: UUID | None = None


async def concern(tx: Transaction, subject_kind: str, subject_id: UUID) -> Concern:
    """What is known of a subject; an unknown one, or one that is nobody's, has no title."""
    if subject_kind == "conversation":
        return await _conversation(tx, subject_id)
    if subject_kind == "ticket":
        ticket = await tx.get(Ticket, subject_id)
        if ticket is not None:
            return Concern(f"{ticket.number} {ticket.title}", ticket.assignee_id, ticket.team_id)
    if subject_kind == "incident":
        incident = await tx.get(Incident, subject_id)
        if incident is not None:
            return Concern(f"{incident.number} {incident.title}", incident.owner_id)
    if subject_kind == "follow_up":
        return await _follow_up(tx, subject_id)
    return Concern("")


async def _conversation(tx: Transaction, conversation_id: UUID) -> Concern:
    conversation = await tx.get(Conversation, conversation_id)
    if conversation is None:
        return Concern("")
    customer = await tx.get_one(Customer, conversation.customer_id)
    agent_id = conversation.owner_id or conversation.wanted_agent_id
    return Concern(customer.display_name, agent_id)


async def _follow_up(tx: Transaction, follow_up_id: UUID) -> Concern:
    task = await tx.get(FollowUp, follow_up_id)
    if task is None:
        return Concern("")
    customer = await tx.get_one(Customer, task.customer_id)
    return Concern(customer.display_name, task.owner_id)


async def reached(
    tx: Transaction, about: Concern, rungs: Iterable[Rung]
) -> tuple[list[UUID], Rung]:
    """Everybody on `rungs`, and the highest rung where somebody is.

    A rung where nobody stands is taken by the next one up: a conversation in the queue has no
    agent, a team may have no lead.
    """
    found: list[UUID] = []
    highest = Rung.AGENT
    for wanted in rungs:
        rung: Rung | None = wanted
        while rung is not None:
            highest = max(highest, rung, key=list(Rung).index)
            on_it = await _on(tx, about, rung)
            if on_it:
                found += on_it
                break
            rung = rung.above
    return list(dict.fromkeys(found)), highest


async def _on(tx: Transaction, about: Concern, rung: Rung) -> list[UUID]:
    if rung is Rung.AGENT:
        return await _active(tx, Staff.id == about.agent_id) if about.agent_id else []
    if rung is Rung.LEAD:
        lead = await _team_lead(tx, about)
        return [lead] if lead else await _active(tx, Staff.role == Role.SUPERVISOR.value)
    return await _active(tx, Staff.role.in_([Role.SUPERVISOR.value, Role.ADMIN.value]))


async def _team_lead(tx: Transaction, about: Concern) -> UUID | None:
    team_id = about.team_id
    if team_id is None and about.agent_id is not None:
        team_id = await tx.scalar(select(Staff.team_id).where(Staff.id == about.agent_id))
    if team_id is None:
        return None
    query = (
        select(Team.lead_id)
        .join(Staff, Staff.id == Team.lead_id)
        .where(Team.id == team_id, Staff.active)
    )
    return await tx.scalar(query)


async def _active(tx: Transaction, condition: ColumnElement[bool]) -> list[UUID]:
    query = select(Staff.id).where(Staff.active, condition)
    return list((await tx.scalars(query.order_by(Staff.username))).all())
