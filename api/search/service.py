"""Keeps the search index: whatever is written is found with the same commit.

Every function works inside the caller's transaction and leaves the commit to it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from api.db import Transaction
from api.models import Customer, KnowledgeEntry, Message, SearchEntry, Ticket, TicketNote
from api.search.terms import document

Kind = Literal["message", "ticket", "customer", "knowledge"]
FOUND_AUTHORS = ("customer", "agent")
"""What the bot and the desk itself say repeats and would bury the rest."""


async def touch(
    tx: Transaction,
    kind: Kind,
    subject_id: UUID,
    parent_id: UUID | None,
    moment: datetime,
    text: str,
    *,
    name: str = "",
) -> None:
    """Find the subject by `text` from now on, and by `name` (a person's) and its initials."""
    values = {"parent_id": parent_id, "moment": moment, "terms": document(text, name)}
    entry = insert(SearchEntry).values(kind=kind, subject_id=subject_id, **values)
    await tx.execute(
        entry.on_conflict_do_update(index_elements=["kind", "subject_id"], set_=values)
    )


async def forget(tx: Transaction, kind: Kind, subject_id: UUID) -> None:
    """Find the subject no more."""
    one = (SearchEntry.kind == kind) & (SearchEntry.subject_id == subject_id)
    await tx.execute(delete(SearchEntry).where(one))


def add_message(tx: Transaction, message: Message) -> None:
    """A new message: what customers and staff wrote is found, notes of staff too."""
    if message.author in FOUND_AUTHORS and not message.suppressed:
        tx.add(
            SearchEntry(
                kind="message",
                subject_id=message.id,
                parent_id=message.conversation_id,
                moment=message.created_at,
                terms=document(message.text),
            )
        )


async def touch_ticket(tx: Transaction, ticket: Ticket) -> None:
    """A ticket that is new or has changed, with its notes."""
    await tx.flush()
    query = select(TicketNote.text).where(TicketNote.ticket_id == ticket.id)
    notes = (await tx.scalars(query.order_by(TicketNote.created_at))).all()
    text = "\n".join(filter(None, (*fields_of_ticket(ticket), *notes)))
    await touch(tx, "ticket", ticket.id, ticket.conversation_id, ticket.created_at, text)


def fields_of_ticket(ticket: Ticket) -> tuple[str | None, ...]:
    """What a ticket is found by beside its notes."""
    order = ticket.order_number
    return (ticket.number, order, ticket.title, ticket.description, ticket.result, ticket.contact)


async def touch_customer(tx: Transaction, customer: Customer) -> None:
    """A customer who is new or has changed; one who became part of another is found no more."""
    if customer.merged_into_id is not None:
        await forget(tx, "customer", customer.id)
        return
    phone = str(customer.masked.get("phone") or "") if customer.masked else ""
    name, moment = customer.display_name, customer.created_at
    await touch(tx, "customer", customer.id, None, moment, phone, name=name)


async def touch_knowledge(tx: Transaction, entry: KnowledgeEntry) -> None:
    """An entry of the knowledge base, whose `questions` are loaded."""
    wordings = [question.text for question in entry.questions]
    text = "\n".join([entry.question, *wordings, entry.answer])
    await touch(tx, "knowledge", entry.id, None, entry.updated_at, text)
