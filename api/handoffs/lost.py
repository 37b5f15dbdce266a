"""Agents whose connection is dead lose their conversations to the queue (design §8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select

from api.agents.presence import api_lives_since
from api.conversations.repository import staff_names
from api.db import Transaction
from api.handoffs.moves import Queueing, into_queue
from api.models import Conversation, Customer, Handoff, Staff
from api.notifications.service import notify
from api.policies.service import policies
from triage.ownership import State
from triage.policy.routing import RoutingPolicy
from triage.watchdog import Held, Requeue, lost

log = structlog.get_logger(__name__)

_A_TIME = 10


async def requeue_lost(tx: Transaction, moment: datetime) -> int:
    """Put conversations of agents who are gone at the head of their priority; returns how many.

    At most a batch; what another worker or an agent has locked is left for the next look. While no
    api process lives nobody can show a sign of life, and after that everybody has as much time to
    come back as somebody whose connection was lost.
    """
    policy = (await policies(tx)).routing
    since = await api_lives_since(tx, moment)
    patience = timedelta(seconds=policy.lost_connection_seconds)
    if since is None or since > moment - patience:
        return 0
    found = await _gone(tx, moment, policy)
    moved = 0
    for item in found[:_A_TIME]:
        moved += await _requeue(tx, item)
    return moved


async def _gone(tx: Transaction, moment: datetime, policy: RoutingPolicy) -> list[Requeue]:
    """What agents hold who have shown no sign of life for too long.

    Taking a conversation is one, and so is saying goodbye: closing a page to open it again loses
    nothing.
    """
    patience = timedelta(seconds=policy.lost_connection_seconds)
    last_sign = func.coalesce(Staff.last_seen_at, Staff.presence_since)
    taken_at = (
        select(func.max(Handoff.created_at))
        .where(Handoff.conversation_id == Conversation.id)
        .scalar_subquery()
    )
    query = (
        select(
            Conversation.id,
            Conversation.owner_id,
            Conversation.queued_at,
            func.coalesce(taken_at, Conversation.updated_at).label("owned_since"),
            last_sign.label("last_sign"),
        )
        .join(Staff, Staff.id == Conversation.owner_id)
        .where(
            Conversation.state == State.ACTIVE,
            func.coalesce(last_sign, moment - patience) <= moment - patience,
        )
    )
    rows = [row for row in await tx.execute(query) if row.owned_since <= moment - patience]
    held = [Held(row.id, row.owner_id, row.owned_since, row.queued_at) for row in rows]
    return lost(held, {row.owner_id: row.last_sign for row in rows}, moment, policy)


async def _requeue(tx: Transaction, item: Requeue) -> bool:
    query = (
        select(Conversation)
        .where(
            Conversation.id == item.id,
            Conversation.state == State.ACTIVE,
            Conversation.owner_id == item.lost_by,
        )
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    conversation = await tx.scalar(query)
    if conversation is None:
        return False
    names = await staff_names(tx, {item.lost_by})
    conversation.last_agent_id = item.lost_by
    how = Queueing(
        "agent_lost",
        "agent_lost",
        passed_over=(*map(UUID, conversation.passed_over), item.lost_by),
        queued_at=item.queued_at,
        names={"name": names[item.lost_by]},
    )
    await into_queue(tx, conversation, how)
    await _tell_agent(tx, conversation, item.lost_by)
    log.info("conversation.requeued", conversation=str(item.id), agent=str(item.lost_by))
    return True


async def _tell_agent(tx: Transaction, conversation: Conversation, staff_id: UUID) -> None:
    """They find it among what they were told when they come back."""
    customer = await tx.get_one(Customer, conversation.customer_id)
    data = {"customer": customer.display_name}
    await notify(tx, [staff_id], "requeued", "conversation", conversation.id, data)
