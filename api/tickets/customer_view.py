"""A ticket as its customer may see it: steps, promises and what was said, nothing internal."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from api.commerce.masking import mask_numbers
from api.db import Transaction
from api.errors import NotFound, TooManyAttempts
from api.i18n import say
from api.ids import now
from api.models import ComplaintStep, Customer, Ticket, TicketNote
from api.settings import Settings
from api.tickets import notes
from api.tickets.schemas import StatusAnswer, StatusStep, TicketProgress
from api.tickets.status_links import key_fits
from triage.policy import complaints

MOST_ANSWERS_AN_HOUR = 20


async def open_with_key(
    tx: Transaction, settings: Settings, number: str, key: str, *, lock: bool = False
) -> Ticket:
    """The ticket a link leads to, or the one of the same customer it was merged into.

    Raises NotFound for a wrong key as for a wrong number, and once the customer was erased.
    """
    ticket = await tx.scalar(select(Ticket).where(Ticket.number == number))
    if ticket is None or not key_fits(settings, ticket.id, key):
        raise NotFound
    if (await tx.get_one(Customer, ticket.customer_id)).erased_at is not None:
        raise NotFound
    while ticket.merged_into_id is not None:
        into = await tx.get_one(Ticket, ticket.merged_into_id)
        if into.customer_id != ticket.customer_id:
            break
        ticket = into
    if lock:
        await tx.refresh(ticket, with_for_update={"key_share": True})
    return ticket


async def status(tx: Transaction, ticket: Ticket, language: str) -> TicketProgress:
    """How the ticket stands. Numbers in its title are masked: links are passed on."""
    return TicketProgress(
        number=ticket.number,
        title=mask_numbers(ticket.title),
        state=ticket.state,
        state_name=say(f"ticket_state.{ticket.state}", language),
        steps=await _steps(tx, ticket, language),
        created_at=ticket.created_at,
        first_response_due_at=ticket.first_response_due_at,
        first_response_at=ticket.first_response_at,
        resolution_due_at=ticket.resolution_due_at,
        result=ticket.result if ticket.resolved_at else None,
        answers=await _answers(tx, ticket),
    )


async def add_answer(
    tx: Transaction, settings: Settings, number: str, key: str, text: str
) -> Ticket:
    """What the customer adds. Raises NotFound, TicketClosed, TooManyAttempts."""
    ticket = await open_with_key(tx, settings, number, key, lock=True)
    recent = await tx.scalar(
        select(func.count()).where(
            TicketNote.ticket_id == ticket.id,
            TicketNote.staff_id.is_(None),
            TicketNote.created_at > now() - timedelta(hours=1),
        )
    )
    if (recent or 0) >= MOST_ANSWERS_AN_HOUR:
        raise TooManyAttempts
    await notes.add_by_customer(tx, ticket, text)
    await tx.flush()
    return ticket


async def _steps(tx: Transaction, ticket: Ticket, language: str) -> list[StatusStep]:
    query = select(ComplaintStep).where(ComplaintStep.ticket_id == ticket.id)
    found = {step.step: step for step in (await tx.scalars(query)).all()}
    complaint = [
        StatusStep(name=say(f"complaint_step.{step}", language), done_at=found[step].done_at)
        for step in complaints.ComplaintStep
        if step in found
    ]
    answered = ticket.first_response_at
    return [
        StatusStep(name=say("ticket_step.received", language), done_at=ticket.created_at),
        StatusStep(name=say("ticket_step.answered", language), done_at=answered),
        *complaint,
        StatusStep(name=say("ticket_step.resolved", language), done_at=ticket.resolved_at),
        StatusStep(name=say("ticket_step.closed", language), done_at=ticket.closed_at),
    ]


async def _answers(tx: Transaction, ticket: Ticket) -> list[StatusAnswer]:
    query = (
        select(TicketNote)
        .where(TicketNote.ticket_id == ticket.id, TicketNote.public)
        .order_by(TicketNote.created_at, TicketNote.id)
    )
    return [
        StatusAnswer(
            author="staff" if note.staff_id else "customer",
            text=note.text,
            created_at=note.created_at,
        )
        for note in (await tx.scalars(query)).all()
    ]
