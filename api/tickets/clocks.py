"""The clocks of tickets: the only place where tickets meet their deadlines (norms §2).

Two columns of the ticket repeat what was promised for lists and texts; the clocks themselves are
rows of `deadline`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from api.db import Transaction
from api.deadlines import alerts, running, service
from api.deadlines.running import RunningDeadline, breached_at
from api.deadlines.targets import UNANSWERED, complaint_kind
from api.i18n import say
from api.models import ComplaintStep as StepRow
from api.models import Ticket
from api.tickets.schemas import DeadlineOut
from triage.policy import SlaKind
from triage.policy.complaints import ComplaintStep
from triage.policy.escalation import AlertKind
from triage.tickets import DONE, TicketState

_FIRST, _SOLVED = SlaKind.TICKET_FIRST_RESPONSE, SlaKind.TICKET_RESOLUTION
_NEXT = SlaKind.NEXT_RESPONSE
_STEPS = tuple(complaint_kind(step) for step in ComplaintStep)
_HIDDEN = frozenset({UNANSWERED})
"""Runs beside a step with the same deadline: lists show the step."""


async def begin(tx: Transaction, ticket: Ticket) -> None:
    """Start both promises at the ticket's creation; it need not be stored yet."""
    for kind in (_FIRST, _SOLVED):
        await service.start(tx, "ticket", ticket.id, kind, ticket.priority, ticket.created_at)
    await _copy(tx, ticket)


async def reprioritised(tx: Transaction, ticket: Ticket) -> None:
    """Aim the clocks at the present priority."""
    await service.retarget(tx, ticket.id, ticket.priority)
    await _copy(tx, ticket)


async def answered(tx: Transaction, ticket: Ticket, at: datetime) -> None:
    """The customer was answered; only the first time counts."""
    ticket.first_response_at = ticket.first_response_at or at
    await service.meet(tx, ticket.id, _FIRST, _NEXT, UNANSWERED, at=at)


async def customer_wrote(tx: Transaction, ticket: Ticket, at: datetime) -> None:
    """The customer waits for the next answer; before the first one its clock runs already."""
    if ticket.first_response_at is not None:
        await service.start(tx, "ticket", ticket.id, _NEXT, ticket.priority, at)


async def answer_due(tx: Transaction, ticket: Ticket) -> datetime:
    """By when the customer may expect to hear something: a complaint is accepted within its own
    time, whatever the opening hours."""
    rows = (await service.of(tx, [ticket.id])).get(ticket.id, [])
    accepted = complaint_kind(ComplaintStep.ACCEPT)
    moments = [row.due_at for row in rows if row.kind == accepted and row.due_at is not None]
    return min([ticket.first_response_due_at, *moments])


async def moved(
    tx: Transaction, ticket: Ticket, before: TicketState, state: TicketState, at: datetime
) -> None:
    """The ticket has come from the state `before` to `state` at `at`.

    The clocks stand still only while the desk waits for the customer.
    """
    if before is TicketState.PENDING_CUSTOMER:
        await service.resume(tx, ticket.id, at)
    if state is TicketState.PENDING_CUSTOMER:
        await service.meet(tx, ticket.id, _NEXT, at=at)
        await service.pause(tx, ticket.id, at)
    elif state is TicketState.RESOLVED:
        await answered(tx, ticket, at)
        await service.meet(tx, ticket.id, _SOLVED, at=at)
    elif state is TicketState.CLOSED:
        await service.cancel(tx, ticket.id, at=at)
        await alerts.end_alerts(tx, "ticket", ticket.id, at=at)
    elif before in DONE:
        await _reopen(tx, ticket, at)
    await _copy(tx, ticket)


async def merged(tx: Transaction, ticket: Ticket, at: datetime) -> None:
    """It has become a part of another ticket, whose clocks go on."""
    await service.cancel(tx, ticket.id, at=at)
    await alerts.end_alerts(tx, "ticket", ticket.id, at=at)


async def unmerged(tx: Transaction, ticket: Ticket, at: datetime) -> None:
    """It stands for itself again: its clocks go on where they stood."""
    if ticket.state in DONE:
        return
    await _reopen(tx, ticket, at)
    if ticket.first_response_at is None:
        await service.reopen(tx, ticket.id, _FIRST, at=at)
    if ticket.state == "pending_customer":
        await service.pause(tx, ticket.id, at)
    await _copy(tx, ticket)


async def begin_complaint(tx: Transaction, ticket: Ticket, steps: Iterable[ComplaintStep]) -> None:
    """Start the clocks of these steps, counted from when the complaint came in.

    The lead hears of a repeated complaint 重复投诉 at once. In a closed ticket nothing runs before
    it is opened again.
    """
    if ticket.state == "closed":
        return
    for kind in _complaint_kinds(ticket, steps):
        await service.start(tx, "ticket", ticket.id, kind, ticket.priority, ticket.created_at)
    if ticket.repeated:
        told = {"title": f"{ticket.number} {ticket.title}", "priority": ticket.priority}
        await alerts.raise_alert(tx, AlertKind.REPEATED_COMPLAINT, "ticket", ticket.id, told)


async def step_done(tx: Transaction, ticket: Ticket, step: str, at: datetime) -> None:
    """A step of a complaint was done."""
    kinds = [complaint_kind(ComplaintStep(step))]
    if step == ComplaintStep.ACCEPT:
        kinds.append(UNANSWERED)
    await service.meet(tx, ticket.id, *kinds, at=at)


async def end_complaint(tx: Transaction, ticket: Ticket) -> None:
    """It turned out to be something else."""
    await service.cancel(tx, ticket.id, *_STEPS, UNANSWERED)
    await alerts.end_alerts(tx, "ticket", ticket.id, AlertKind.REPEATED_COMPLAINT)


async def of(tx: Transaction, ticket: Ticket, now: datetime) -> list[DeadlineOut]:
    """The clocks of a ticket as they stand at `now`."""
    rows = (await service.of(tx, [ticket.id])).get(ticket.id, [])
    return [
        DeadlineOut(
            kind=row.kind,
            title=say(f"deadline.{row.kind}"),
            due_at=row.due_at,
            warn_at=row.warn_at,
            met_at=row.met_at,
            breached_at=breached_at(row, now),
            paused=row.met_at is None and row.running_since is None,
            priority=row.priority,
        )
        for row in rows
        if row.kind not in _HIDDEN
    ]


async def most_urgent(
    tx: Transaction, tickets: Sequence[Ticket], now: datetime
) -> dict[UUID, RunningDeadline]:
    """Of each ticket with something left to do the running deadline that is due first."""
    left = [ticket.id for ticket in tickets if ticket.state not in DONE]
    return await running.most_urgent(tx, left, now, without=_HIDDEN)


def breaching(now: datetime) -> ColumnElement[bool]:
    """As a condition of a query: a running deadline is near its end, or missed."""
    done = [state.value for state in DONE]
    return Ticket.state.not_in(done) & Ticket.id.in_(running.near_end("ticket", now))


async def _reopen(tx: Transaction, ticket: Ticket, at: datetime) -> None:
    """What was left to do goes on with what was used: the solution, and undone steps."""
    query = select(StepRow.step).where(StepRow.ticket_id == ticket.id, StepRow.done_at.is_(None))
    undone = [ComplaintStep(step) for step in (await tx.scalars(query)).all()]
    kinds = _complaint_kinds(ticket, undone)
    await service.reopen(tx, ticket.id, _SOLVED, *kinds, at=at)
    await begin_complaint(tx, ticket, undone)


def _complaint_kinds(ticket: Ticket, steps: Iterable[ComplaintStep]) -> list[str]:
    kinds = [complaint_kind(step) for step in steps]
    if complaint_kind(ComplaintStep.ACCEPT) in kinds and ticket.first_response_at is None:
        kinds.append(UNANSWERED)
    return kinds


async def _copy(tx: Transaction, ticket: Ticket) -> None:
    """What was promised, for lists; while a clock stands still the last promise is kept."""
    for row in (await service.of(tx, [ticket.id])).get(ticket.id, []):
        if row.due_at is None:
            continue
        if row.kind == _FIRST:
            ticket.first_response_due_at = row.due_at
        elif row.kind == _SOLVED:
            ticket.resolution_due_at = row.due_at
