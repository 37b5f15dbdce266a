"""A person is asked for: bot → queue, once per cause, with a packet and a notice."""

from __future__ import annotations

from uuid import UUID

from api.conversations import repository as conversations
from api.db import Transaction
from api.handoffs.hops import hop_exists
from api.handoffs.moves import Queueing, into_queue
from api.handoffs.notices import tell_queued
from api.handoffs.queue import QueuePlace, kept, note_told, place
from api.ids import now
from api.models import Conversation
from triage.ownership import State


async def request(
    tx: Transaction, conversation_id: UUID, cause: str, reason: str, note: str | None = None
) -> QueuePlace:
    """Put the conversation into the queue for a person, with its packet and a notice.

    The same `cause` again, or a conversation that a person already has or will have, changes
    nothing (`created` is False).
    """
    conversation = await conversations.lock(tx, conversation_id)
    if await hop_exists(tx, conversation_id, cause):
        return await kept(tx, conversation)
    if conversation.state in (State.QUEUED, State.ACTIVE):
        return await kept(tx, conversation)
    conversation.first_response_at = None
    return await into_queue(tx, conversation, Queueing(reason, "handoff", note, cause))


async def tell_place(tx: Transaction, conversation: Conversation, reply_to: UUID) -> None:
    """Tell a waiting customer, who asked again, where they stand."""
    where = await place(tx, conversation)
    await tell_queued(tx, conversation, where, "still_queued", reply_to=reply_to)
    await note_told(tx, conversation, where, now())
