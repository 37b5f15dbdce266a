"""Where a customer's page and channels lead to, put right when two records are taken apart."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, or_, select, update

from api.conversations.matters import new_conversation
from api.db import Transaction
from api.events import Event
from api.models import (
    ChannelContact,
    Conversation,
    CustomerIdentity,
    Delivery,
    VisitorSession,
)

_WAITING = ("waiting", "held")


async def hold(tx: Transaction, *customer_ids: UUID) -> None:
    """Lock every conversation that these customers, their pages or channels have to do with.

    To be called before anything is moved: who writes at this moment holds their conversation, and
    wants the contact next (docs/architecture.md §15).
    """
    contacts = _contacts_of(customer_ids)
    led = select(ChannelContact.conversation_id).where(ChannelContact.id.in_(contacts))
    paged = select(VisitorSession.conversation_id).where(
        VisitorSession.customer_id.in_(customer_ids)
    )
    query = (
        select(Conversation)
        .where(
            or_(
                Conversation.customer_id.in_(customer_ids),
                Conversation.contact_id.in_(contacts),
                Conversation.id.in_(led),
                Conversation.id.in_(paged),
            )
        )
        .order_by(Conversation.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    await tx.scalars(query)


async def part(tx: Transaction, *customer_ids: UUID) -> None:
    """No page, channel or unsent message of one of these customers leads to another's conversation.

    What they belong to must have been moved before, and their conversations be held (`hold`).
    """
    await tx.flush()
    await _hold_contacts(tx, customer_ids)
    await _part_contacts(tx, customer_ids)
    await _part_pages(tx, customer_ids)


def _contacts_of(customer_ids: tuple[UUID, ...]) -> Select[UUID]:
    return (
        select(ChannelContact.id)
        .join(CustomerIdentity, CustomerIdentity.id == ChannelContact.identity_id)
        .where(CustomerIdentity.customer_id.in_(customer_ids))
    )


async def _hold_contacts(tx: Transaction, customer_ids: tuple[UUID, ...]) -> None:
    """Lock them as they are now."""
    query = (
        select(ChannelContact)
        .where(ChannelContact.id.in_(_contacts_of(customer_ids)))
        .order_by(ChannelContact.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    await tx.scalars(query)


async def _part_contacts(tx: Transaction, customer_ids: tuple[UUID, ...]) -> None:
    query = (
        select(ChannelContact, CustomerIdentity.customer_id, Conversation)
        .join(CustomerIdentity, CustomerIdentity.id == ChannelContact.identity_id)
        .join(Conversation, Conversation.id == ChannelContact.conversation_id)
        .where(CustomerIdentity.customer_id.in_(customer_ids))
        .order_by(ChannelContact.id)
    )
    for contact, customer_id, conversation in (await tx.execute(query)).all():
        if conversation.customer_id != customer_id:
            own = await _own(tx, customer_id, contact.id, conversation.channel)
            contact.conversation_id = own.id
        await _unlead(tx, contact, customer_id)


async def _unlead(tx: Transaction, contact: ChannelContact, customer_id: UUID) -> None:
    """Conversations of others do not reach the contact any more, nor what waits in them."""
    query = select(Conversation).where(
        Conversation.contact_id == contact.id, Conversation.customer_id != customer_id
    )
    for conversation in (await tx.scalars(query)).all():
        conversation.contact_id, conversation.channel = None, "web"
        await tx.execute(
            update(Delivery)
            .where(
                Delivery.conversation_id == conversation.id,
                Delivery.contact_id == contact.id,
                Delivery.state.in_(_WAITING),
            )
            .values(state="dropped")
        )


async def _part_pages(tx: Transaction, customer_ids: tuple[UUID, ...]) -> None:
    query = (
        select(VisitorSession, Conversation)
        .join(Conversation, Conversation.id == VisitorSession.conversation_id)
        .where(
            VisitorSession.customer_id.in_(customer_ids),
            Conversation.customer_id != VisitorSession.customer_id,
        )
    )
    for session, conversation in (await tx.execute(query)).all():
        own = await _own(tx, session.customer_id, None, "web")
        session.conversation_id = own.id
        tx.emit(Event("conversation", str(conversation.id), {"moved": str(own.id)}))


async def _own(
    tx: Transaction, customer_id: UUID, contact_id: UUID | None, channel: str
) -> Conversation:
    """The customer's newest conversation, or a new one."""
    query = (
        select(Conversation)
        .where(Conversation.customer_id == customer_id)
        .order_by(Conversation.created_at.desc())
        .limit(1)
    )
    found = await tx.scalar(query)
    if found is None:
        found = await new_conversation(tx, customer_id, channel, contact_id)
    return found
