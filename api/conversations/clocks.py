"""The clocks of conversations: the only place where what agents do meets their deadlines."""

from __future__ import annotations

from datetime import datetime

from api.db import Transaction
from api.deadlines import chats
from api.models import Conversation


async def answered(tx: Transaction, conversation: Conversation, at: datetime) -> None:
    """A person has answered the customer; for the first response only the first time counts."""
    await chats.answered(tx, conversation, at)


async def retarget(tx: Transaction, conversation: Conversation) -> None:
    """Aim the clocks at the present priority."""
    await chats.aim(tx, conversation)


async def over(tx: Transaction, conversation: Conversation) -> None:
    """The conversation has ended: nothing is due any more."""
    await chats.over(tx, conversation)
