"""Indexes what was written before there was an index."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from api.db import Database, Transaction
from api.models import Customer, KnowledgeEntry, Message, SearchEntry, Ticket
from api.search import service
from api.search.service import Kind

_AT_A_TIME = 1_000


async def index_missing(database: Database, told: Callable[[int], None]) -> int:
    """Index whatever is found by nothing yet, a thousand a transaction; gives how many."""
    count = 0
    for step in (_knowledge, _customers, _tickets, _messages):
        last: UUID | None = None
        while True:
            async with database.transaction() as tx:
                last, done = await step(tx, last)
            count += done
            told(count)
            if last is None:
                break
    return count


def _missing(
    kind: Kind, row_id: InstrumentedAttribute[UUID], after: UUID | None
) -> ColumnElement[bool]:
    entry = exists().where(SearchEntry.kind == kind, SearchEntry.subject_id == row_id)
    return ~entry if after is None else ~entry & (row_id > after)


async def _messages(tx: Transaction, after: UUID | None) -> tuple[UUID | None, int]:
    query = select(Message).where(
        _missing("message", Message.id, after),
        Message.author.in_(service.FOUND_AUTHORS),
        ~Message.suppressed,
        Message.recalled_at.is_(None),
    )
    found = (await tx.scalars(query.order_by(Message.id).limit(_AT_A_TIME))).all()
    for message in found:
        service.add_message(tx, message)
    return (found[-1].id if found else None), len(found)


async def _tickets(tx: Transaction, after: UUID | None) -> tuple[UUID | None, int]:
    query = select(Ticket).where(_missing("ticket", Ticket.id, after))
    found = (await tx.scalars(query.order_by(Ticket.id).limit(_AT_A_TIME))).all()
    for ticket in found:
        await service.touch_ticket(tx, ticket)
    return (found[-1].id if found else None), len(found)


async def _customers(tx: Transaction, after: UUID | None) -> tuple[UUID | None, int]:
    query = select(Customer).where(
        _missing("customer", Customer.id, after), Customer.merged_into_id.is_(None)
    )
    found = (await tx.scalars(query.order_by(Customer.id).limit(_AT_A_TIME))).all()
    for customer in found:
        await service.touch_customer(tx, customer)
    return (found[-1].id if found else None), len(found)


async def _knowledge(tx: Transaction, after: UUID | None) -> tuple[UUID | None, int]:
    query = select(KnowledgeEntry).where(_missing("knowledge", KnowledgeEntry.id, after))
    query = query.options(selectinload(KnowledgeEntry.questions))
    found = (await tx.scalars(query.order_by(KnowledgeEntry.id).limit(_AT_A_TIME))).all()
    for entry in found:
        await service.touch_knowledge(tx, entry)
    return (found[-1].id if found else None), len(found)
