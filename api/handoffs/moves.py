"""The two ways a conversation changes hands: into the queue, and to an agent.

The caller has locked the conversation. Each move is one hop with its packet and one sentence to
the customer; nobody is ever told of two owners.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from api.conversations.service import change_state
from api.db import Transaction
from api.deadlines import chats
from api.events import Event
from api.handoffs import queue
from api.handoffs.hops import owner_of, record_hop
from api.handoffs.notices import tell, tell_queued
from api.handoffs.queue import QueuePlace
from api.ids import now
from api.models import Conversation, Handoff, Staff
from triage.ownership import State


@dataclass(frozen=True, slots=True)
class Queueing:
    """How a conversation goes into the queue: why, for whom, and how its customer is told.

    `reason` is that of the hop (i18n `reason.<reason>`), `says` the key of the sentence that says
    what happens. `queued_at` is kept for one whose turn was lost; None: its wait begins now.
    """

    reason: str
    says: str
    note: str | None = None
    cause: str | None = None
    wanted_agent_id: UUID | None = None
    wanted_skill: str | None = None
    passed_over: tuple[UUID, ...] = ()
    queued_at: datetime | None = None
    names: dict[str, str] = field(default_factory=dict)
    """What fills the sentence."""


async def into_queue(tx: Transaction, conversation: Conversation, how: Queueing) -> QueuePlace:
    """Let the customer wait for a person; raises triage.ownership.MoveNotAllowed."""
    source = owner_of(conversation)
    change_state(tx, conversation, State.QUEUED)
    conversation.wanted_agent_id = how.wanted_agent_id
    conversation.wanted_skill = how.wanted_skill
    conversation.passed_over = [str(staff_id) for staff_id in dict.fromkeys(how.passed_over)]
    await chats.waits(tx, conversation)
    conversation.queued_at = how.queued_at or conversation.queued_at
    await record_hop(
        tx, conversation, source, owner_of(conversation), how.reason, how.note, how.cause
    )
    await tx.flush()
    place = await queue.place(tx, conversation, created=True)
    await queue.enter(tx, conversation, place)
    await tell_queued(tx, conversation, place, how.says, how.names)
    return place


async def to_agent(
    tx: Transaction,
    conversation: Conversation,
    agent: Staff,
    reason: str,
    says: str,
    note: str | None = None,
    **names: str,
) -> Handoff:
    """Give the conversation to `agent`; raises triage.ownership.MoveNotAllowed.

    The first one who has it stays answerable for it (首问负责, norms §3). Without a stay in the
    queue the customer waits for the first answer from now on.
    """
    source, before = owner_of(conversation), State(conversation.state)
    if before is State.QUEUED:
        await queue.leave(tx, conversation, "agent")
    elif before is State.BOT:
        conversation.first_response_at = None
    change_state(tx, conversation, State.ACTIVE, agent.id)
    conversation.closed_at = None
    conversation.responsible_id = conversation.responsible_id or agent.id
    if before is not State.QUEUED and conversation.first_response_at is None:
        await chats.waits(tx, conversation)
    hop = await record_hop(tx, conversation, source, owner_of(conversation), reason, note)
    tell(tx, conversation, says, name=agent.display_name, **names)
    return hop


async def within_queue(tx: Transaction, conversation: Conversation, how: Queueing) -> None:
    """Who waits is passed on while they wait: a hop from the queue to the queue."""
    here = owner_of(conversation)
    await record_hop(tx, conversation, here, here, how.reason, how.note, how.cause)
    await tx.flush()
    place = await queue.place(tx, conversation)
    await tell_queued(tx, conversation, place, how.says, how.names)
    await queue.note_told(tx, conversation, place, now())
    conversation.updated_at = now()
    tx.queue_moved()
    tx.emit(Event("conversation", str(conversation.id), {"from": conversation.state}))
