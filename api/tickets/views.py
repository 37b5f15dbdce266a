"""Turns tickets into what staff see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from api.commerce.masking import mask_contact, mask_numbers
from api.conversations import repository as people
from api.conversations.schemas import CustomerRef, PersonRef
from api.conversations.views import labelled
from api.conversations.weighing import LABELS
from api.db import Transaction
from api.ids import now
from api.models import Team, Ticket
from api.settings import Settings
from api.tickets import clocks, parts
from api.tickets.schemas import TeamRef, TicketDetail, TicketSummary
from api.tickets.status_links import status_url
from triage.tickets import TicketState, allowed_states
from triage.visibility import Viewer


async def summaries(tx: Transaction, tickets: Sequence[Ticket]) -> list[TicketSummary]:
    """Lines of a list."""
    customers = await people.customers(tx, {ticket.customer_id for ticket in tickets})
    names = await people.staff_names(tx, [ticket.assignee_id for ticket in tickets])
    teams = await _team_names(tx, _given(ticket.team_id for ticket in tickets))
    urgent = await clocks.most_urgent(tx, tickets, now())
    return [
        TicketSummary(
            number=ticket.number,
            title=ticket.title or headline(ticket.description),
            kind=ticket.kind,
            source=ticket.source,
            customer=CustomerRef.model_validate(
                customers[ticket.customer_id], from_attributes=True
            ),
            conversation_id=ticket.conversation_id,
            category=labelled("category", ticket.category),
            nature=labelled("nature", ticket.nature),
            priority=ticket.priority,
            state=ticket.state,
            assignee=PersonRef.of(ticket.assignee_id, names),
            team=(
                TeamRef(id=ticket.team_id, name=teams[ticket.team_id]) if ticket.team_id else None
            ),
            tags=ticket.tags,
            repeated=ticket.repeated,
            deadline=urgent.get(ticket.id),
            first_response_due_at=ticket.first_response_due_at,
            resolution_due_at=ticket.resolution_due_at,
            created_at=ticket.created_at,
            updated_at=ticket.updated_at,
            version=ticket.version,
        )
        for ticket in tickets
    ]


async def detail(
    tx: Transaction, settings: Settings, viewer: Viewer, ticket: Ticket
) -> TicketDetail:
    """One ticket with everything around it that the viewer may see."""
    await tx.flush()
    (summary,) = await summaries(tx, [ticket])
    return TicketDetail(
        **dict(summary),
        id=ticket.id,
        description=mask_numbers(ticket.description),
        order_number=ticket.order_number,
        contact_masked=mask_contact(ticket.contact) if ticket.contact else None,
        impact=ticket.impact,
        urgency=ticket.urgency,
        labels=LABELS.validate_python(ticket.labels) if ticket.labels else None,
        root_cause=ticket.root_cause,
        result=ticket.result,
        first_response_at=ticket.first_response_at,
        resolved_at=ticket.resolved_at,
        closed_at=ticket.closed_at,
        deadlines=await clocks.of(tx, ticket, now()),
        complaint_steps=await parts.complaint_steps(tx, ticket),
        notes=await parts.notes(tx, ticket),
        watchers=await parts.watchers(tx, ticket),
        checklist=await parts.checklist(tx, ticket),
        links=await parts.links(tx, viewer, ticket),
        parent=await parts.parent(tx, viewer, ticket),
        children=await parts.children(tx, viewer, ticket),
        merged_into=await parts.merged_into(tx, ticket),
        merged=await parts.merged(tx, ticket),
        attachments=await parts.attachments(tx, ticket),
        allowed_states=[
            state.value
            for state in allowed_states(
                TicketState(ticket.state),
                leads=viewer.leads,
                merged=ticket.merged_into_id is not None,
            )
        ],
        status_url=status_url(settings, ticket),
    )


def headline(description: str, longest: int = 40) -> str:
    """A title from the first line of a description, numbers of people and cards masked."""
    lines = mask_numbers(description).strip().splitlines()
    first = lines[0].strip() if lines else ""
    return first if len(first) <= longest else first[: longest - 1] + "…"


def _given(ids: Iterable[UUID | None]) -> set[UUID]:
    return {each for each in ids if each is not None}


async def _team_names(tx: Transaction, ids: set[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    query = select(Team.id, Team.name).where(Team.id.in_(ids))
    return {row.id: row.name for row in await tx.execute(query)}
