"""Hops of a conversation: bot → queue → agent → bot, each with its packet and a notice."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import func, select

from api.agents.repository import agents_online
from api.conversations import repository as conversations
from api.conversations.service import append, change_state
from api.db import Transaction
from api.handoffs import packets
from api.i18n import say
from api.ids import new_id, now
from api.models import Conversation, Handoff
from triage import sla
from triage.ownership import State, owner
from triage.packet import VERSION
from triage.policy import handoff_policy, sla_policy


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where a conversation stands; both None once it has left the queue."""

    state: str
    position: int | None
    expected_wait_seconds: int | None
    created: bool = False


async def place(tx: Transaction, conversation: Conversation, created: bool = False) -> QueuePlace:
    """Queue position (1-based) and expected wait; the wait is None when nobody is online."""
    if conversation.state != State.QUEUED:
        return QueuePlace(conversation.state, None, None, created)
    position = await conversations.queue_position(tx, conversation)
    online = await agents_online(tx, now())
    wait = sla.expected_wait_seconds(position, online, handoff_policy().seconds_per_conversation)
    return QueuePlace(conversation.state, position, wait, created)


async def request(
    tx: Transaction, conversation_id: UUID, cause: str, reason: str, note: str | None = None
) -> QueuePlace:
    """Put the conversation into the queue for a person, with its packet and a notice.

    The same `cause` again, or a conversation that a person already has or will have, changes
    nothing (`created` is False).
    """
    conversation = await conversations.lock(tx, conversation_id)
    if await _hop_exists(tx, conversation_id, cause):
        return await place(tx, conversation)
    if conversation.state in (State.QUEUED, State.ACTIVE):
        return await place(tx, conversation)
    source = owner(State(conversation.state), None)
    change_state(tx, conversation, State.QUEUED)
    conversation.first_response_at = None
    set_deadline(conversation)
    await record_hop(tx, conversation, source, "queue", reason, note, cause)
    await tx.flush()
    queue_place = await place(tx, conversation, created=True)
    append(tx, conversation, author="system", kind="notice", text=_notice(queue_place, first=True))
    return queue_place


def set_deadline(conversation: Conversation) -> None:
    """First human response by the present priority, counted from the hand-off (norms §2)."""
    if conversation.state == State.QUEUED and conversation.queued_at is not None:
        target = sla_policy().chat_first_response[conversation.priority or "P4"]
        conversation.first_response_due_at = sla.due_at(conversation.queued_at, target)


async def tell_place(tx: Transaction, conversation: Conversation, reply_to: UUID) -> None:
    """Tell a waiting customer, who asked again, where they stand."""
    text = _notice(await place(tx, conversation), first=False)
    append(tx, conversation, author="system", kind="notice", text=text, reply_to=reply_to)


async def record_hop(
    tx: Transaction,
    conversation: Conversation,
    from_owner: str,
    to_owner: str,
    reason: str,
    note: str | None,
    cause: str,
) -> Handoff:
    """Write down a hop with the packet as it is now. Hops are never changed afterwards."""
    conversation.handoff_count += 1
    await tx.flush()
    packet = await packets.build(tx, conversation, reason)
    handoff = Handoff(
        id=new_id(),
        conversation_id=conversation.id,
        hop=conversation.handoff_count,
        from_owner=from_owner,
        to_owner=to_owner,
        reason=reason,
        note=note,
        cause=cause,
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


async def _hop_exists(tx: Transaction, conversation_id: UUID, cause: str) -> bool:
    query = select(func.count()).where(
        Handoff.conversation_id == conversation_id, Handoff.cause == cause
    )
    return bool(await tx.scalar(query))


def _notice(queue_place: QueuePlace, *, first: bool) -> str:
    ahead = (queue_place.position or 1) - 1
    seconds = queue_place.expected_wait_seconds
    if first and seconds is None:
        return say("notice.handoff_nobody")
    wait = _wait_text(seconds)
    if not first:
        return say("notice.still_queued", ahead=ahead, wait=wait)
    if ahead == 0:
        return say("notice.handoff_first", wait=wait)
    return say("notice.handoff_queued", ahead=ahead, wait=wait)


def _wait_text(seconds: int | None) -> str:
    if seconds is None:
        return say("notice.wait_unknown")
    if seconds < 60:
        return say("notice.wait_soon")
    return say("notice.wait_minutes", minutes=round(seconds / 60))
