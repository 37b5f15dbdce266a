"""Turns hits into what staff see."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from api.db import Transaction
from api.models import (
    Conversation,
    Customer,
    KnowledgeEntry,
    KnowledgeQuestion,
    Message,
    Ticket,
    TicketNote,
)
from api.search.finding import Hit
from api.search.schemas import Found
from api.search.service import fields_of_ticket
from api.search.snippets import snippet


async def shown(tx: Transaction, hits: Sequence[Hit], parts: Sequence[str]) -> list[Found]:
    """The hits in their order, with `parts` marked; what is gone by now is left out."""
    found: dict[UUID, Found] = {}
    for kind, show in _SHOW.items():
        ids = [hit.subject_id for hit in hits if hit.kind == kind]
        if ids:
            found |= await show(tx, ids, parts)
    return [found[hit.subject_id] for hit in hits if hit.subject_id in found]


async def _messages(
    tx: Transaction, ids: Sequence[UUID], parts: Sequence[str]
) -> dict[UUID, Found]:
    query = (
        select(Message, Customer.display_name)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(Message.id.in_(ids), Message.recalled_at.is_(None))
    )
    return {
        message.id: Found(
            kind="conversation",
            id=str(message.conversation_id),
            title=name,
            snippet=snippet([message.text], parts),
            moment=message.created_at,
            conversation_id=str(message.conversation_id),
        )
        for message, name in await tx.execute(query)
    }


async def _tickets(tx: Transaction, ids: Sequence[UUID], parts: Sequence[str]) -> dict[UUID, Found]:
    notes: dict[UUID, list[str]] = {}
    query = select(TicketNote.ticket_id, TicketNote.text).where(TicketNote.ticket_id.in_(ids))
    for ticket_id, text in await tx.execute(query.order_by(TicketNote.created_at)):
        notes.setdefault(ticket_id, []).append(text)
    found = {}
    for ticket in await tx.scalars(select(Ticket).where(Ticket.id.in_(ids))):
        number, order, title, *more = fields_of_ticket(ticket)
        texts = [*more[:1], title, *more[1:-1], *notes.get(ticket.id, []), order, number]
        found[ticket.id] = Found(
            kind="ticket",
            id=str(ticket.id),
            title=ticket.title or ticket.number,
            snippet=snippet(texts, parts),
            moment=ticket.created_at,
            conversation_id=str(ticket.conversation_id) if ticket.conversation_id else None,
            number=ticket.number,
        )
    return found


async def _customers(
    tx: Transaction, ids: Sequence[UUID], parts: Sequence[str]
) -> dict[UUID, Found]:
    return {
        customer.id: Found(
            kind="customer",
            id=str(customer.id),
            title=customer.display_name,
            snippet=snippet([customer.masked.get("phone"), customer.display_name], parts),
            moment=customer.created_at,
        )
        for customer in await tx.scalars(select(Customer).where(Customer.id.in_(ids)))
    }


async def _knowledge(
    tx: Transaction, ids: Sequence[UUID], parts: Sequence[str]
) -> dict[UUID, Found]:
    wordings: dict[UUID, list[str]] = {}
    asked = select(KnowledgeQuestion.entry_id, KnowledgeQuestion.text)
    asked = asked.where(KnowledgeQuestion.entry_id.in_(ids)).order_by(KnowledgeQuestion.id)
    for entry_id, text in await tx.execute(asked):
        wordings.setdefault(entry_id, []).append(text)
    return {
        entry.id: Found(
            kind="knowledge",
            id=entry.key,
            title=entry.question,
            snippet=snippet([entry.answer, *wordings.get(entry.id, [])], parts),
            moment=entry.updated_at,
        )
        for entry in await tx.scalars(select(KnowledgeEntry).where(KnowledgeEntry.id.in_(ids)))
    }


_SHOW = {
    "message": _messages,
    "ticket": _tickets,
    "customer": _customers,
    "knowledge": _knowledge,
}
