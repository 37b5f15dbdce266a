"""The record of hops: who gave a conversation to whom, why, and with which packet."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import func, select

from api.db import Transaction
from api.handoffs import packets
from api.ids import new_id, now
from api.models import Conversation, Handoff
from triage.ownership import State, owner
from triage.packet import VERSION


async def record_hop(
    tx: Transaction,
    conversation: Conversation,
    from_owner: str,
    to_owner: str,
    reason: str,
    note: str | None,
    cause: str | None = None,
) -> Handoff:
    """Write down a hop with the packet as it is now. Hops are never changed afterwards.

    `cause` makes a repeated request harmless; None: a hop of its own.
    """
    conversation.handoff_count += 1
    await tx.flush()
    packet = await packets.build(tx, conversation, reason)
    hop_id = new_id()
    handoff = Handoff(
        id=hop_id,
        conversation_id=conversation.id,
        hop=conversation.handoff_count,
        from_owner=from_owner,
        to_owner=to_owner,
        reason=reason,
        note=note,
        cause=cause or f"hop:{hop_id}",
        packet_version=VERSION,
        packet=to_jsonable_python(asdict(packet)),
        created_at=now(),
    )
    tx.add(handoff)
    return handoff


async def hops(tx: Transaction, conversation_id: UUID) -> list[Handoff]:
    """All hops of a conversation, first to last."""
    query = select(Handoff).where(Handoff.conversation_id == conversation_id).order_by(Handoff.hop)
    return list((await tx.scalars(query)).all())


async def hop_exists(tx: Transaction, conversation_id: UUID, cause: str) -> bool:
    """Whether `cause` has brought a hop about already."""
    query = select(func.count()).where(
        Handoff.conversation_id == conversation_id, Handoff.cause == cause
    )
    return bool(await tx.scalar(query))


def owner_of(conversation: Conversation) -> str:
    """Who has the conversation, as hops name it: `bot`, `queue`, `agent:<id>` or nobody."""
    agent_id = str(conversation.owner_id) if conversation.owner_id else None
    return owner(State(conversation.state), agent_id)
