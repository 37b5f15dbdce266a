"""Incidents: opened by a P1, a burst or by hand, graded, handled in timed steps (norms §2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import func, select

from api.auth.service import SignedIn
from api.commerce.once import serialise
from api.db import Transaction
from api.deadlines import alerts, service
from api.deadlines.targets import incident_kind
from api.errors import AlreadyDone, NotFound, ResultRequired, StepNotAllowed
from api.i18n import say
from api.ids import SHOP_TIME, new_id, now
from api.models import Conversation, Customer, Incident, IncidentStep, Ticket
from api.notifications.service import notify
from api.policies.service import policies
from api.tickets.access import active_staff
from triage import incidents as rules
from triage import procedure
from triage.incidents import Facts, IncidentDone
from triage.policy.escalation import AlertKind
from triage.policy.incidents import Grade
from triage.policy.incidents import IncidentStep as Step
from triage.procedure import Done

SUBJECT = "incident"
_P1 = "p1:"
_ALERTS = (AlertKind.INCIDENT, AlertKind.GRAVE_INCIDENT)
_DANGER = 4
"""Impact of what endangers life, health or property (norms §1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is known of an incident when it is opened. `cause` says what opened it."""

    cause: str
    title: str
    grade: Grade
    description: str = ""
    category: str | None = None
    conversation_id: UUID | None = None
    owner_id: UUID | None = None


async def open_incident(tx: Transaction, report: Report, at: datetime | None = None) -> Incident:
    """A new incident with its timed steps; those concerned are told at once."""
    detected, known = at or now(), await policies(tx)
    incident = Incident(
        id=new_id(),
        number=await _next_number(tx, detected),
        grade=report.grade.value,
        title=report.title,
        description=report.description,
        category=report.category,
        cause=report.cause,
        conversation_id=report.conversation_id,
        owner_id=report.owner_id,
        detected_at=detected,
    )
    tx.add(incident)
    await tx.flush()
    for each in rules.steps_due(detected, (), known.incidents, known.calendar):
        step = IncidentStep(incident_id=incident.id, step=each.step.value, due_at=each.due_at)
        tx.add(step)
        await service.start(tx, SUBJECT, incident.id, incident_kind(each.step), at=detected)
    await _alert(tx, incident, detected)
    return incident


async def opened_by_p1(
    tx: Transaction, about: Conversation | Ticket, impact: int, at: datetime | None = None
) -> Incident | None:
    """The incident of a conversation or ticket that has become P1; the caller has locked it.

    None when it had one already, or its conversation, or a ticket of that, has an open one.
    """
    cause = f"{_P1}{about.id}"
    if isinstance(about, Conversation) and about.matter_seq > 1:
        cause += f":{about.matter_seq}"  # the customer came back with something else
    conversation_id = about.conversation_id if isinstance(about, Ticket) else about.id
    known = Incident.cause == cause
    if conversation_id is not None:
        in_it = Incident.cause.startswith(_P1) & (Incident.conversation_id == conversation_id)
        known |= in_it & Incident.closed_at.is_(None)
    if await tx.scalar(select(Incident.id).where(known).limit(1)) is not None:
        return None
    customer = await tx.get_one(Customer, about.customer_id)
    facts = Facts(danger=impact >= _DANGER)
    report = Report(
        cause=cause,
        title=say("incident.p1_title", customer=customer.display_name),
        grade=rules.grade_of(facts, (await policies(tx)).incidents),
        description=f"{about.number} {about.title}" if isinstance(about, Ticket) else "",
        category=about.category,
        conversation_id=conversation_id,
        owner_id=about.assignee_id if isinstance(about, Ticket) else about.owner_id,
    )
    return await open_incident(tx, report, at)


async def find(tx: Transaction, number: str, *, lock: bool = False) -> Incident:
    """The incident of that number; raises NotFound."""
    query = select(Incident).where(Incident.number == number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = await tx.scalar(query)
    if found is None:
        raise NotFound
    return found


async def steps_of(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, dict[Step, IncidentStep]]:
    """The steps of each incident in their order."""
    query = select(IncidentStep).where(IncidentStep.incident_id.in_(ids))
    rows = {(row.incident_id, row.step): row for row in (await tx.scalars(query)).all()}
    return {
        incident_id: {
            step: rows[incident_id, step.value]
            for step in Step
            if (incident_id, step.value) in rows
        }
        for incident_id in ids
    }


async def regrade(tx: Transaction, incident: Incident, grade: Grade) -> None:
    """Another grade; management is told when it is grave from now on."""
    if incident.grade == grade.value:
        return
    incident.grade = grade.value
    moment = now()
    await alerts.end_alerts(tx, SUBJECT, incident.id, *_ALERTS, at=moment)
    await _alert(tx, incident, moment)


async def give(tx: Transaction, incident: Incident, owner_id: UUID | None, by: SignedIn) -> None:
    """Who is in charge of an incident; they are told. Raises UnknownStaff."""
    if owner_id is not None:
        await active_staff(tx, owner_id)
    before, incident.owner_id = incident.owner_id, owner_id
    await _tell_owner(tx, incident, before, owner_id, "incident_assigned", by)


async def give_step(
    tx: Transaction, number: str, step: Step, owner_id: UUID | None, by: SignedIn
) -> Incident:
    """Who is in charge of one step, and is told; None: whoever has the incident.

    Raises NotFound, UnknownStaff, and AlreadyDone for a step or an incident that is over.
    """
    incident = await _open(tx, number)
    row = (await steps_of(tx, [incident.id]))[incident.id][step]
    if row.done_at is not None:
        raise AlreadyDone
    if owner_id is not None:
        await active_staff(tx, owner_id)
    before, row.owner_id = row.owner_id, owner_id
    which = {"incident_step": step.value}
    await _tell_owner(tx, incident, before, owner_id, "step_assigned", by, which)
    return incident


async def finish_step(
    tx: Transaction, number: str, step: Step, staff: SignedIn, result: str
) -> Incident:
    """A step was done. Raises NotFound, StepNotAllowed out of order, ResultRequired, AlreadyDone
    for an incident that is closed.

    The last one, the review, is done by `close`.
    """
    incident = await _open(tx, number)
    if step is Step.REVIEW:
        steps = (await steps_of(tx, [incident.id]))[incident.id]
        raise StepNotAllowed(next=rules.next_step(_done(steps, staff.id)))
    await _record(tx, incident, step, staff, result)
    return incident


async def close(
    tx: Transaction, number: str, staff: SignedIn, review: str, *, false_alarm: bool = False
) -> Incident:
    """The end, with what was learned (复盘). Raises what `finish_step` does.

    A false alarm needs none of the steps: those left are called off.
    """
    incident = await _open(tx, number)
    if not review.strip():
        raise ResultRequired
    if not false_alarm:
        await _record(tx, incident, Step.REVIEW, staff, review)
    moment = now()
    incident.closed_at, incident.review = moment, review
    await service.cancel(tx, incident.id, at=moment)
    await alerts.end_alerts(tx, SUBJECT, incident.id, at=moment)
    return incident


async def _record(
    tx: Transaction, incident: Incident, step: Step, staff: SignedIn, result: str
) -> None:
    steps, moment = (await steps_of(tx, [incident.id]))[incident.id], now()
    try:
        rules.record(_done(steps, staff.id), Done(step=step, by=staff.id, at=moment, result=result))
    except procedure.StepNotAllowed as error:
        raise StepNotAllowed(next=error.expected) from error
    except procedure.ResultMissing as error:
        raise ResultRequired from error
    row = steps[step]
    row.done_at, row.done_by, row.result = moment, staff.id, result
    incident.owner_id = incident.owner_id or staff.id
    await service.meet(tx, incident.id, incident_kind(step), at=moment)


def _done(steps: dict[Step, IncidentStep], by: UUID) -> tuple[IncidentDone, ...]:
    return tuple(
        Done(step=step, by=row.done_by or by, at=row.done_at, result=row.result or "")
        for step, row in steps.items()
        if row.done_at is not None
    )


async def _tell_owner(
    tx: Transaction,
    incident: Incident,
    before: UUID | None,
    owner_id: UUID | None,
    kind: str,
    by: SignedIn,
    more: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Tell who is in charge from now on, unless they were before or chose so themselves."""
    if owner_id is None or owner_id in (before, by.id):
        return
    data = {"number": incident.number, "by": by.display_name, **more}
    await notify(tx, [owner_id], kind, SUBJECT, incident.id, data)


async def _open(tx: Transaction, number: str) -> Incident:
    incident = await find(tx, number, lock=True)
    if incident.closed_at is not None:
        raise AlreadyDone
    return incident


async def _alert(tx: Transaction, incident: Incident, at: datetime) -> None:
    grade, known = Grade(incident.grade), await policies(tx)
    grave = rules.goes_to_management(grade, known.incidents)
    kind = AlertKind.GRAVE_INCIDENT if grave else AlertKind.INCIDENT
    told = {"title": f"{incident.number} {incident.title}", "grade": grade.value, "priority": "P1"}
    await alerts.raise_alert(tx, kind, SUBJECT, incident.id, told, at)


async def _next_number(tx: Transaction, at: datetime) -> str:
    """E.g. I20260310-002: counted a day, one transaction at a time."""
    await serialise(tx, "incident-number")
    day = f"I{at.astimezone(SHOP_TIME):%Y%m%d}"
    count = await tx.scalar(select(func.count()).where(Incident.number.startswith(day)))
    return f"{day}-{(count or 0) + 1:03d}"
