"""Which messages an agent has seen."""

from __future__ import annotations

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
