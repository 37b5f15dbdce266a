"""Customers who wait no more: some say so, others close the page and stay away."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select

from api.conversations.service import change_state
from api.db import Database, Transaction
from api.deadlines import chats
from api.errors import NotWaiting
from api.handoffs import queue
from api.handoffs.hops import owner_of, record_hop
from api.handoffs.leave_word import leave_word
from api.handoffs.notices import tell
from api.i18n import LANGUAGES, say
from api.models import Conversation, VisitorSession
from api.policies.service import policies
from api.settings import Settings
from triage.ownership import State
from triage.queueing import Departure, when_gone

log = structlog.get_logger(__name__)

_A_TIME = 20
_WITH_A_PAGE = "web"
"""On other channels an answer reaches the customer wherever they are."""


def asks_to_stop_waiting(text: str) -> bool:
    """Whether a message is the button of the waiting notice, in any language."""
    return text.strip() in {say("button.stop_waiting", language) for language in LANGUAGES}


async def stop_waiting(tx: Transaction, conversation: Conversation) -> None:
    """The customer gives up the wait of `conversation`, locked by the caller: the bot has it again.

    Raises NotWaiting unless it is in the queue.
    """
    if conversation.state != State.QUEUED:
        raise NotWaiting
    await _abandon(tx, conversation, State.BOT)
    tell(tx, conversation, "stopped_waiting", "human")


async def release_gone(database: Database, settings: Settings, moment: datetime) -> int:
    """End the waits of customers whose page has been closed for too long; returns how many.

    At most a batch, each in a transaction of its own; what somebody else has locked is left for the
    next look.
    """
    async with database.transaction() as tx:
        gone = await _gone(tx, moment)
    released = 0
    for conversation_id in gone:
        async with database.transaction() as tx:
            released += await _release(tx, settings, conversation_id, moment)
    return released


async def _gone(tx: Transaction, moment: datetime, only: UUID | None = None) -> list[UUID]:
    minutes = (await policies(tx)).conversations.gone_minutes
    seen_at = (
        select(func.max(func.coalesce(VisitorSession.seen_at, VisitorSession.created_at)))
        .where(VisitorSession.conversation_id == Conversation.id)
        .scalar_subquery()
    )
    before = moment - timedelta(minutes=minutes)
    query = select(Conversation.id).where(
        Conversation.state == State.QUEUED,
        Conversation.channel == _WITH_A_PAGE,
        Conversation.queued_at <= before,
        seen_at <= before,
    )
    if only is not None:
        query = query.where(Conversation.id == only)
        query = query.with_for_update(skip_locked=True, key_share=True)
    return list(await tx.scalars(query.order_by(Conversation.queued_at).limit(_A_TIME)))


async def _release(
    tx: Transaction, settings: Settings, conversation_id: UUID, moment: datetime
) -> bool:
    if not await _gone(tx, moment, only=conversation_id):
        return False
    conversation = await tx.get_one(Conversation, conversation_id, populate_existing=True)
    departure = when_gone(conversation.priority, conversation.told_wait_seconds)
    if departure is Departure.TICKET:
        await leave_word(tx, settings, conversation)
    else:
        await _abandon(tx, conversation, State.CLOSED)
        tell(tx, conversation, "wait_ended")
    log.info("conversation.abandoned", conversation=str(conversation_id), departure=departure.value)
    return True


async def _abandon(tx: Transaction, conversation: Conversation, state: State) -> None:
    source = owner_of(conversation)
    await queue.leave(tx, conversation, "abandoned")
    change_state(tx, conversation, state)
    await chats.over(tx, conversation)
    await record_hop(tx, conversation, source, owner_of(conversation), "abandoned", None)
