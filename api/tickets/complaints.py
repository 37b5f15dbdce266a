"""Complaints: 受理 → 调查 → 处理 → 反馈, and complaints that repeat (norms §2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from api.auth.service import SignedIn
from api.db import Transaction
from api.errors import NotFound, StepNotAllowed
from api.ids import now
from api.models import ComplaintStep, Ticket
from api.policies.service import policies
from api.tickets import clocks, history
from triage import complaints as rules
from triage import procedure
from triage.complaints import Filed
from triage.policy import complaints as steps
from triage.procedure import Done


async def is_repeated(tx: Transaction, ticket: Ticket) -> bool:
    """重复投诉: the same customer complained about the same category within days."""
    if ticket.nature != "complaint":
        return False
    policy = (await policies(tx)).complaints
    query = select(Ticket).where(
        Ticket.customer_id == ticket.customer_id,
        Ticket.nature == "complaint",
        Ticket.category == ticket.category,
        Ticket.id != ticket.id,
        Ticket.merged_into_id.is_(None),
        Ticket.created_at >= ticket.created_at - timedelta(days=policy.repeated_days),
    )
    earlier = [_filed(each) for each in (await tx.scalars(query)).all()]
    return bool(rules.repeats(_filed(ticket), earlier, policy))


async def begin(tx: Transaction, ticket: Ticket) -> None:
    """The steps the ticket has not got yet, with their deadlines, if it is a complaint."""
    if ticket.nature != "complaint":
        return
    rules_now, found = await policies(tx), await _rows(tx, ticket.id)
    due = rules.steps_due(ticket.created_at, (), rules_now.complaints, rules_now.calendar)
    new = [each for each in due if each.step not in found]
    tx.add_all(
        ComplaintStep(ticket_id=ticket.id, step=each.step.value, due_at=each.due_at) for each in new
    )
    await tx.flush()
    await clocks.begin_complaint(tx, ticket, [each.step for each in new])


async def follow_nature(tx: Transaction, ticket: Ticket) -> None:
    """After a corrected nature: a complaint has its steps, others only those that were done."""
    history.change(tx, ticket, None, "repeated", await is_repeated(tx, ticket))
    await begin(tx, ticket)
    if ticket.nature != "complaint":
        await tx.execute(
            delete(ComplaintStep).where(
                ComplaintStep.ticket_id == ticket.id, ComplaintStep.done_at.is_(None)
            )
        )
        await clocks.end_complaint(tx, ticket)


async def finish_step(
    tx: Transaction, ticket: Ticket, staff: SignedIn, step: str, result: str
) -> ComplaintStep:
    """A step is done. Raises NotFound for one the ticket has not, StepNotAllowed out of order."""
    rows = await _rows(tx, ticket.id)
    row = rows.get(step)
    if row is None:
        raise NotFound
    done = [
        Done(each, rows[each].done_by or staff.id, at, rows[each].result or "")
        for each in steps.ComplaintStep
        if each in rows and (at := rows[each].done_at) is not None
    ]
    moment = now()
    try:
        rules.record(done, Done(steps.ComplaintStep(step), staff.id, moment, result))
    except procedure.StepNotAllowed as error:
        raise StepNotAllowed(next=error.expected) from error
    row.done_at, row.done_by, row.result = moment, staff.id, result
    await clocks.step_done(tx, ticket, step, moment)
    history.record(tx, ticket, staff, "step", step=step, result=result)
    return row


async def _rows(tx: Transaction, ticket_id: UUID) -> dict[str, ComplaintStep]:
    query = select(ComplaintStep).where(ComplaintStep.ticket_id == ticket_id)
    return {row.step: row for row in (await tx.scalars(query)).all()}


def _filed(ticket: Ticket) -> Filed:
    return Filed(ticket.id, ticket.customer_id, ticket.category, ticket.created_at)
