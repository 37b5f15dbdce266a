"""Conversations with the bot in which nothing happens any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from api.conversations.service import change_state
from api.db import Transaction
from api.models import Conversation, Turn
from api.policies.service import policies
from triage.ownership import State

_BATCH = 50


async def close_idle(tx: Transaction, at: datetime) -> int:
    """Close conversations that the customer has left with the bot for too long; returns how many.

    At most a batch, and silently: a customer who writes again goes on with the bot. What waits for
    the bot to come back is left open. Two workers never close the same one.
    """
    policy = (await policies(tx)).conversations
    unfinished = exists().where(Turn.conversation_id == Conversation.id, Turn.state != "done")
    query = (
        select(Conversation)
        .where(
            Conversation.state == State.BOT,
            Conversation.updated_at <= at - timedelta(hours=policy.idle_hours),
            Conversation.last_seq > 0,
            ~unfinished,
        )
        .order_by(Conversation.updated_at)
        .limit(_BATCH)
        .with_for_update(skip_locked=True, key_share=True)
    )
    found = (await tx.scalars(query)).all()
    for conversation in found:
        change_state(tx, conversation, State.CLOSED)
    return len(found)
