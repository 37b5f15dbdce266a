"""Queries on customers and what hangs on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select

from api.conversations import access
from api.db import Transaction
from api.errors import NotFound
from api.models import (
    CommerceIdentity,
    Conversation,
    Customer,
    CustomerIdentity,
    CustomerMerge,
    CustomerNote,
    EarlierRating,
    Ticket,
)
from api.paging import cut, page_of
from api.tickets.access import visible
from triage.visibility import Viewer

RECENT = 20
SHOP = "shop"
"""The channel of an identity at the shop."""


async def current(tx: Transaction, customer_id: UUID, *, lock: bool = False) -> Customer:
    """The customer, or the one it was merged into, locked if wanted; raises NotFound.

    What is written for a customer is written under this lock, or under that of something that
    moves with them (a conversation, a ticket): otherwise a merge would leave it behind.
    """
    found = await _get(tx, customer_id, lock=False)
    while found.merged_into_id is not None:
        found = await _get(tx, found.merged_into_id, lock=False)
    if not lock:
        return found
    # one lock only, so that nobody who merges is waited for in a circle
    locked = await _get(tx, found.id, lock=True)
    return locked if locked.merged_into_id is None else await current(tx, locked.id, lock=True)


async def is_erased(tx: Transaction, customer_id: UUID) -> bool:
    """Whether the customer was erased on request; read anew, for who waited for a lock."""
    query = select(Customer.erased_at).where(Customer.id == customer_id)
    return await tx.scalar(query) is not None


async def lock_pair(tx: Transaction, one: UUID, other: UUID) -> tuple[Customer, Customer]:
    """Both customers, locked in the same order by everybody; raises NotFound."""
    found = {each: await _get(tx, each, lock=True) for each in sorted({one, other})}
    return found[one], found[other]


async def search(
    tx: Transaction, name: str | None, cursor: str | None, limit: int
) -> tuple[list[Customer], str | None]:
    """A page of customers whose name holds `name`, the newest first; merged ones are left out."""
    query = select(Customer).where(Customer.merged_into_id.is_(None))
    if name and name.strip():
        query = query.where(Customer.display_name.icontains(name.strip(), autoescape=True))
    query = page_of(query, Customer.created_at.expression, Customer.id.expression, cursor, limit)
    return cut((await tx.scalars(query)).all(), limit)


async def identities(tx: Transaction, customer_id: UUID) -> Sequence[CustomerIdentity]:
    """The ways a customer comes by, the oldest first."""
    query = select(CustomerIdentity).where(CustomerIdentity.customer_id == customer_id)
    return (await tx.scalars(query.order_by(CustomerIdentity.created_at))).all()


async def conversations(
    tx: Transaction, customer_id: UUID, viewer: Viewer
) -> tuple[Sequence[Conversation], int]:
    """The last ones the viewer may see, the newest first, and how many there are of all."""
    own = Conversation.customer_id == customer_id
    query = select(Conversation).where(own, access.visible(viewer))
    query = query.order_by(Conversation.created_at.desc()).limit(RECENT)
    count = await tx.scalar(select(func.count()).select_from(Conversation).where(own))
    return (await tx.scalars(query)).all(), count or 0


async def tickets(
    tx: Transaction, customer_id: UUID, viewer: Viewer
) -> tuple[Sequence[Ticket], int]:
    """The last ones the viewer may see, the newest first, and how many are not done."""
    own = (Ticket.customer_id == customer_id) & visible(viewer)
    query = select(Ticket).where(own).order_by(Ticket.created_at.desc()).limit(RECENT)
    undone = Ticket.state.not_in(["resolved", "closed"])
    count = await tx.scalar(select(func.count()).select_from(Ticket).where(own, undone))
    return (await tx.scalars(query)).all(), count or 0


async def notes(tx: Transaction, customer_id: UUID) -> Sequence[CustomerNote]:
    """What staff wrote down, the newest first."""
    query = select(CustomerNote).where(CustomerNote.customer_id == customer_id)
    return (await tx.scalars(query.order_by(CustomerNote.created_at.desc()))).all()


async def merges(tx: Transaction, target_id: UUID) -> list[tuple[CustomerMerge, Customer]]:
    """What was merged into a customer and not undone, the newest first."""
    query = (
        select(CustomerMerge, Customer)
        .join(Customer, Customer.id == CustomerMerge.source_id)
        .where(CustomerMerge.target_id == target_id, CustomerMerge.undone_at.is_(None))
        .order_by(CustomerMerge.created_at.desc())
    )
    return [(row.CustomerMerge, row.Customer) for row in await tx.execute(query)]


async def shop_customers(tx: Transaction, customer_id: UUID) -> set[str]:
    """Whom a customer has proved to be at the shop, in any conversation."""
    proved = (
        select(CommerceIdentity.shop_customer)
        .join(Conversation, Conversation.id == CommerceIdentity.conversation_id)
        .where(Conversation.customer_id == customer_id, CommerceIdentity.shop_customer.is_not(None))
    )
    known = select(CustomerIdentity.external_id).where(
        CustomerIdentity.customer_id == customer_id,
        CustomerIdentity.channel == SHOP,
        CustomerIdentity.verified_at.is_not(None),
    )
    found = [*(await tx.scalars(proved)).all(), *(await tx.scalars(known)).all()]
    return {each for each in found if each is not None}


async def _get(tx: Transaction, customer_id: UUID, *, lock: bool) -> Customer:
    query = select(Customer).where(Customer.id == customer_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = await tx.scalar(query)
    if found is None:
        raise NotFound
    return found


async def earlier_ratings(
    tx: Transaction, conversation_ids: Collection[UUID]
) -> Sequence[EarlierRating]:
    """Answers to the surveys of matters before the present ones, the newest first."""
    query = select(EarlierRating).where(EarlierRating.conversation_id.in_(conversation_ids))
    return (await tx.scalars(query.order_by(EarlierRating.rated_at.desc()))).all()
