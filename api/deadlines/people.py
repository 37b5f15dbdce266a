"""Who stands on which rung of the ladder agent → team lead → management (norms §2, §6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select

from api.auth.service import Role
from api.db import Transaction
from api.deadlines.targets import INCIDENT
from api.models import (
    Conversation,
    Customer,
    FollowUp,
    Incident,
    IncidentStep,
    Staff,
    Team,
    Ticket,
)
from triage.policy.escalation import Rung

Subject = tuple[str, UUID]
"""What an alert or a deadline is about: its kind and id."""


@dataclass(frozen=True, slots=True)
class Concern:
    """What an alert or a deadline is about, for people: whom it concerns, and how it is called."""

    title: str
    agent_id: UUID | None = None
    team_id: UUID | None = None


async def concern(
    tx: Transaction, subject_kind: str, subject_id: UUID, deadline: str | None = None
) -> Concern:
    """What is known of a subject; an unknown one, or one that is nobody's, has no title.

    `deadline` is the kind of the clock it is about: a step of an incident may have an owner of its
    own.
    """
    if subject_kind == "conversation":
        return await _conversation(tx, subject_id)
    if subject_kind == "ticket":
        ticket = await tx.get(Ticket, subject_id)
        if ticket is not None:
            return Concern(f"{ticket.number} {ticket.title}", ticket.assignee_id, ticket.team_id)
    if subject_kind == "incident":
        incident = await tx.get(Incident, subject_id)
        if incident is not None:
            owner_id = await _step_owner(tx, incident, deadline) or incident.owner_id
            return Concern(f"{incident.number} {incident.title}", owner_id)
    if subject_kind == "follow_up":
        return await _follow_up(tx, subject_id)
    return Concern("")


async def titles(tx: Transaction, subjects: Collection[Subject]) -> dict[Subject, str]:
    """How each subject is called, as in its `Concern`; one query for all of a kind."""
    named = Customer.display_name
    queries = {
        "conversation": select(Conversation.id, named).join(
            Customer, Customer.id == Conversation.customer_id
        ),
        "follow_up": select(FollowUp.id, named).join(Customer, Customer.id == FollowUp.customer_id),
        "ticket": select(Ticket.id, Ticket.number + " " + Ticket.title),
        "incident": select(Incident.id, Incident.number + " " + Incident.title),
    }
    found: dict[Subject, str] = {}
    for kind, query in queries.items():
        ids = [subject_id for each, subject_id in subjects if each == kind]
        if ids:
            (key, _) = query.selected_columns
            rows = (await tx.execute(query.where(key.in_(ids)))).all()
            found |= {(kind, row[0]): row[1] for row in rows}
    return found


async def _step_owner(tx: Transaction, incident: Incident, deadline: str | None) -> UUID | None:
    if deadline is None or not deadline.startswith(INCIDENT):
        return None
    step = await tx.get(IncidentStep, (incident.id, deadline.removeprefix(INCIDENT)))
    return step.owner_id if step is not None else None


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
    ticket = await tx.get(Ticket, task.ticket_id) if task.ticket_id else None
    return Concern(customer.display_name, task.owner_id, ticket.team_id if ticket else None)


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
