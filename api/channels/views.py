"""Turns the outbox and the ledger into what staff see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from api.channels.schemas import DeliveryOut, ReachOut, Undelivered
from api.channels.wechat import window
from api.db import Transaction
from api.models import ChannelContact, Conversation, Delivery, Message


async def deliveries(tx: Transaction, message_ids: Iterable[UUID]) -> dict[UUID, DeliveryOut]:
    """How far messages are, by id; those that are on no way are not in it."""
    query = select(Delivery).where(Delivery.message_id.in_(list(message_ids)))
    return {each.message_id: out(each) for each in (await tx.scalars(query)).all()}


async def undelivered(tx: Transaction, conversation_id: UUID) -> list[Undelivered]:
    """Every message of a conversation that has not surely arrived, by `seq`."""
    query = (
        select(Delivery, Message.seq)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.conversation_id == conversation_id, Delivery.state != "sent")
        .order_by(Message.seq)
    )
    return [Undelivered(**dict(out(row.Delivery)), seq=row.seq) for row in await tx.execute(query)]


async def reach(tx: Transaction, conversation: Conversation, at: datetime) -> ReachOut | None:
    """How far the conversation's customer can be written to; None where nothing limits it."""
    if conversation.contact_id is None:
        return None
    contact = await tx.get_one(ChannelContact, conversation.contact_id)
    found = await window.reach_of(tx, contact, at)
    return ReachOut(
        messages_left=found.messages_left,
        seconds_left=found.seconds_left,
        until=found.until,
        subscription=found.subscription,
        reason=found.reason,
    )


def out(delivery: Delivery) -> DeliveryOut:
    """One delivery."""
    return DeliveryOut.model_validate(delivery, from_attributes=True)
