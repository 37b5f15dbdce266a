"""Turns alerts, incidents and follow-ups into what staff see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from api.conversations import repository as people
from api.conversations.schemas import CustomerRef, Labelled, PersonRef
from api.conversations.views import labelled
from api.db import Transaction
from api.deadlines import alerts, service
from api.deadlines.incidents import steps_of
from api.deadlines.schemas import (
    AlertOut,
    FollowUpOut,
    IncidentOut,
    IncidentStepOut,
    SubjectRef,
)
from api.deadlines.targets import incident_kind
from api.i18n import say
from api.models import Alert, Conversation, FollowUp, Incident, IncidentStep, Ticket
from triage.policy.incidents import IncidentStep as Step


async def alerts_out(
    tx: Transaction, found: Sequence[Alert], language: str = "zh"
) -> list[AlertOut]:
    """Alerts with the names of those told."""
    told = {UUID(each) for alert in found for each in alert.told}
    names = await people.staff_names(tx, {*told, *(each.acknowledged_by for each in found)})
    subjects = await alerts.subjects_of(tx, found)
    return [_alert(alert, subjects[alert.id], names, language) for alert in found]


def _alert(
    alert: Alert, subject: tuple[str, UUID], names: dict[UUID, str], language: str
) -> AlertOut:
    kind, subject_id = subject
    return AlertOut(
        id=alert.id,
        kind=alert.kind,
        text=alerts.text_of(alert, language),
        level=alert.level,
        subject=SubjectRef(kind=kind, id=subject_id, title=str(alert.data.get("title", ""))),
        told=[_ref(UUID(each), names) for each in alert.told],
        raised_at=alert.raised_at,
        acknowledged_by=PersonRef.of(alert.acknowledged_by, names),
        acknowledged_at=alert.acknowledged_at,
        ended_at=alert.ended_at,
    )


async def incidents_out(tx: Transaction, found: Sequence[Incident]) -> list[IncidentOut]:
    """Incidents with their steps."""
    await tx.flush()
    steps = await steps_of(tx, [incident.id for incident in found])
    late = await _late(tx, [incident.id for incident in found])
    names = await people.staff_names(
        tx,
        [incident.owner_id for incident in found]
        + [
            each
            for rows in steps.values()
            for row in rows.values()
            for each in (row.owner_id, row.done_by)
        ],
    )
    return [_incident(each, steps[each.id], late, names) for each in found]


def _incident(
    incident: Incident,
    steps: dict[Step, IncidentStep],
    late: set[tuple[UUID, str]],
    names: dict[UUID, str],
) -> IncidentOut:
    left = [step for step, row in steps.items() if row.done_at is None and step != Step.REVIEW]
    return IncidentOut(
        id=incident.id,
        number=incident.number,
        title=incident.title,
        description=incident.description,
        grade=Labelled(key=incident.grade, name=say(f"grade.{incident.grade}")),
        category=labelled("category", incident.category) if incident.category else None,
        cause=incident.cause.partition(":")[0],
        conversation_id=incident.conversation_id,
        owner=PersonRef.of(incident.owner_id, names),
        detected_at=incident.detected_at,
        closed_at=incident.closed_at,
        review=incident.review,
        next_step=left[0].value if left and incident.closed_at is None else None,
        steps=[
            IncidentStepOut(
                step=step.value,
                name=say(f"incident_step.{step.value}"),
                owner=PersonRef.of(row.owner_id, names),
                due_at=row.due_at,
                done_at=row.done_at,
                done_by=PersonRef.of(row.done_by, names),
                result=row.result,
                breached=(incident.id, incident_kind(step)) in late,
            )
            for step, row in steps.items()
        ],
    )


async def follow_ups_out(
    tx: Transaction, found: Sequence[FollowUp], at: datetime
) -> list[FollowUpOut]:
    """Follow-ups with their customers and what they are about."""
    customers = await people.customers(tx, {task.customer_id for task in found})
    names = await people.staff_names(
        tx, [each for task in found for each in (task.owner_id, task.done_by)]
    )
    tickets = await _tickets(tx, _given(task.ticket_id for task in found))
    lines = await _lines(tx, _given(task.conversation_id for task in found))
    return [
        FollowUpOut(
            id=task.id,
            customer=CustomerRef.model_validate(customers[task.customer_id], from_attributes=True),
            ticket_number=tickets[task.ticket_id].number if task.ticket_id else None,
            conversation_id=task.conversation_id,
            about=(
                tickets[task.ticket_id].title
                if task.ticket_id
                else lines.get(task.conversation_id, "")
                if task.conversation_id
                else ""
            ),
            owner=PersonRef.of(task.owner_id, names),
            not_before=task.not_before,
            due_at=task.due_at,
            overdue=task.done_at is None and task.due_at < at,
            done_at=task.done_at,
            done_by=PersonRef.of(task.done_by, names),
            satisfied=task.satisfied,
            result=task.result,
        )
        for task in found
    ]


async def _late(tx: Transaction, ids: list[UUID]) -> set[tuple[UUID, str]]:
    clocks = await service.of(tx, ids)
    return {
        (subject, row.kind)
        for subject, rows in clocks.items()
        for row in rows
        if row.breached_at is not None
    }


async def _tickets(tx: Transaction, ids: set[UUID]) -> dict[UUID, Ticket]:
    query = select(Ticket).where(Ticket.id.in_(ids))
    return {ticket.id: ticket for ticket in (await tx.scalars(query)).all()}


async def _lines(tx: Transaction, ids: set[UUID]) -> dict[UUID, str]:
    """Names of the business lines of conversations."""
    query = select(Conversation.id, Conversation.category).where(Conversation.id.in_(ids))
    return {
        row.id: labelled("category", row.category).name if row.category else ""
        for row in await tx.execute(query)
    }


def _given(ids: Iterable[UUID | None]) -> set[UUID]:
    return {each for each in ids if each is not None}


def _ref(staff_id: UUID, names: dict[UUID, str]) -> PersonRef:
    return PersonRef(id=staff_id, display_name=names.get(staff_id, ""))
