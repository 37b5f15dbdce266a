"""Which messages each side has seen."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, update

from api.db import Transaction
from api.events import Event
from api.models import Conversation


def read_up_to(tx: Transaction, conversation: Conversation, seq: int) -> None:
    """The owner has seen everything up to `seq`; the customer is shown so."""
    if seq <= conversation.agent_read_seq and conversation.unread == 0:
        return
    conversation.agent_read_seq = max(seq, conversation.agent_read_seq)
    if seq >= conversation.last_seq:
        conversation.unread = 0
    tx.emit(Event("conversation", str(conversation.id)))


async def customer_read_up_to(tx: Transaction, conversation_id: UUID, seq: int) -> None:
    """The customer has seen everything up to `seq`; staff who have it open are shown so.

    `seq` never goes back, and not past the last message.
    """
    seen = func.least(seq, Conversation.last_seq)
    query = (
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.customer_read_seq < seen)
        .values(customer_read_seq=seen)
        .returning(Conversation.customer_read_seq)
    )
    now_read = await tx.scalar(query)
    if now_read is not None:
        tx.emit(Event("read", str(conversation_id), {"seq": str(now_read)}))
