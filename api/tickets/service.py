"""Opening and reading tickets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from api.conversations import repository as conversations
from api.conversations.schemas import CustomerRef
from api.conversations.views import labelled
from api.db import Transaction
from api.errors import NotFound
from api.events import Event
from api.handoffs.packets import LABELS
from api.ids import SHOP_TIME, new_id, now
from api.models import NUMBERS, Conversation, Customer, Ticket, TriageResult
from api.tickets.schemas import TicketKind, TicketOut, TicketRequest, TicketResult
from triage import sla
from triage.packet import MessageLabels, weightiest
from triage.policy import sla_policy

PAGE = 200
_CATEGORIES = {"repair": "aftersales", "privacy": "account"}
"""Kinds that say themselves what they are about."""
_FEEDBACK = ("suggestion", "praise")


async def open_ticket(tx: Transaction, request: TicketRequest) -> TicketResult:
    """Open a ticket; the same conversation, message and kind give the same one.

    Raises NotFound for an unknown conversation.
    """
    conversation = await conversations.lock(tx, request.conversation_id)
    cause = f"{request.conversation_id}:{request.message_id}:{request.kind}"
    known = await tx.scalar(select(Ticket).where(Ticket.cause == cause))
    if known is not None:
        return _result(known, created=False)
    ticket = await _new_ticket(tx, conversation, request, cause)
    tx.add(ticket)
    tx.emit(Event("conversation", str(conversation.id)))
    await tx.flush()
    return _result(ticket, created=True)


async def listing(tx: Transaction, state: str | None) -> list[TicketOut]:
    """Tickets, newest first, in `state` if given."""
    query = select(Ticket).order_by(Ticket.created_at.desc()).limit(PAGE)
    if state:
        query = query.where(Ticket.state == state)
    return await _out(tx, (await tx.scalars(query)).all())


async def of_conversation(tx: Transaction, conversation_id: UUID) -> list[TicketOut]:
    """Tickets opened in a conversation."""
    query = select(Ticket).where(Ticket.conversation_id == conversation_id)
    return await _out(tx, (await tx.scalars(query.order_by(Ticket.created_at.desc()))).all())


async def by_number(tx: Transaction, number: str) -> TicketOut:
    """One ticket; raises NotFound."""
    ticket = await tx.scalar(select(Ticket).where(Ticket.number == number))
    if ticket is None:
        raise NotFound
    (out,) = await _out(tx, [ticket])
    return out


async def _new_ticket(
    tx: Transaction, conversation: Conversation, request: TicketRequest, cause: str
) -> Ticket:
    opened = now()
    seen = await _seen(tx, conversation.id)
    labels = weightiest(list(enumerate(seen)))
    priority = labels.priority.key if labels else "P4"
    policy = sla_policy()
    return Ticket(
        id=new_id(),
        number=await _next_number(tx, opened),
        conversation_id=conversation.id,
        customer_id=conversation.customer_id,
        cause=cause,
        kind=request.kind,
        description=request.description,
        order_number=request.order_number,
        contact=request.contact,
        category=_CATEGORIES.get(request.kind, labels.category.key if labels else "other"),
        nature=_nature(request.kind, seen, labels),
        impact=int(labels.impact.key) if labels else 1,
        urgency=int(labels.urgency.key) if labels else 1,
        priority=priority,
        created_at=opened,
        first_response_due_at=sla.due_at(opened, policy.ticket_first_response[priority]),
        resolution_due_at=sla.due_at(opened, policy.ticket_resolution[priority]),
    )


async def _seen(tx: Transaction, conversation_id: UUID) -> list[MessageLabels]:
    """The labels of the customer's messages so far, oldest first."""
    query = (
        select(TriageResult)
        .where(TriageResult.conversation_id == conversation_id)
        .order_by(TriageResult.created_at)
    )
    return [LABELS.validate_python(item.labels) for item in (await tx.scalars(query)).all()]


def _nature(kind: TicketKind, seen: Sequence[MessageLabels], labels: MessageLabels | None) -> str:
    """Feedback is what the newest message that is one or the other says: suggestion or praise."""
    if kind == "complaint":
        return "complaint"
    if kind == "feedback":
        told = (each.nature.key for each in reversed(seen) if each.nature.key in _FEEDBACK)
        return next(told, "suggestion")
    return labels.nature.key if labels else "help"


async def _next_number(tx: Transaction, opened: datetime) -> str:
    count = await tx.scalar(select(NUMBERS.next_value()))
    return f"T{opened.astimezone(SHOP_TIME):%Y%m%d}-{count:05d}"


def _result(ticket: Ticket, *, created: bool) -> TicketResult:
    minutes = round((ticket.first_response_due_at - ticket.created_at).total_seconds() / 60)
    return TicketResult(
        number=ticket.number,
        priority=ticket.priority,
        first_response_minutes=minutes,
        created=created,
    )


async def _out(tx: Transaction, tickets: Sequence[Ticket]) -> list[TicketOut]:
    customers: dict[UUID, Customer] = await conversations.customers(
        tx, {ticket.customer_id for ticket in tickets}
    )
    return [
        TicketOut(
            number=ticket.number,
            kind=ticket.kind,
            conversation_id=ticket.conversation_id,
            customer=CustomerRef.model_validate(
                customers[ticket.customer_id], from_attributes=True
            ),
            description=ticket.description,
            order_number=ticket.order_number,
            contact=ticket.contact,
            category=labelled("category", ticket.category),
            nature=labelled("nature", ticket.nature),
            priority=ticket.priority,
            state=ticket.state,
            created_at=ticket.created_at,
            first_response_due_at=ticket.first_response_due_at,
            resolution_due_at=ticket.resolution_due_at,
        )
        for ticket in tickets
    ]
