"""A customer's message comes in: stored with its `turn` job before it is acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from api.agents.presence import effective
from api.conversations import repository, survey
from api.conversations.files import attach, words
from api.conversations.matters import reopen
from api.conversations.pieces import due_at
from api.conversations.service import append
from api.customers import repository as customers
from api.db import Transaction
from api.deadlines import chats
from api.errors import SessionExpired
from api.handoffs.moves import to_agent
from api.ids import now
from api.jobs import JobQueue
from api.models import Conversation, Staff, Turn
from api.tickets import chatting as tickets
from triage.ownership import REOPENED_BY_CUSTOMER, State
from triage.routing import Presence


@dataclass(frozen=True, slots=True)
class Accepted:
    """A customer message that is stored; `duplicate` when it already was."""

    id: UUID
    seq: int
    duplicate: bool
    state: State


_PAGE = "web"


async def accept(
    tx: Transaction,
    queue: JobQueue,
    conversation_id: UUID,
    text: str,
    client_id: str,
    attachment_ids: Sequence[UUID] = (),
) -> Accepted:
    """Store what a customer wrote on the page, with files that were sent up before, and its `turn`
    job; replies go to the page.

    An answer to the survey is stored as such, and begins no turn.

    The same `client_id` again gives the first message back and changes nothing. Raises
    EmptyText, TextTooLong, NotFound, UnknownAttachment, and SessionExpired when the customer was
    erased meanwhile.
    """
    cleaned = words(text, attachment_ids)
    conversation = await repository.lock(tx, conversation_id)
    closed = conversation.state == State.CLOSED
    if closed and await customers.is_erased(tx, conversation.customer_id):
        raise SessionExpired
    known = await repository.message_by_client_id(tx, conversation_id, "customer", client_id)
    if known is not None:
        return Accepted(known.id, known.seq, True, State(conversation.state))
    if conversation.contact_id is not None:
        conversation.contact_id, conversation.channel = None, _PAGE
    return await accept_locked(tx, queue, conversation, cleaned, client_id, attachment_ids)


async def accept_locked(
    tx: Transaction,
    queue: JobQueue,
    conversation: Conversation,
    cleaned: str,
    client_id: str,
    attachment_ids: Sequence[UUID] = (),
) -> Accepted:
    """The same for a conversation that the caller has locked, and a text that is fit to store and
    was not stored before. Replies go where the conversation says. Raises UnknownAttachment."""
    rating = await survey.answered(tx, conversation, cleaned, client_id)
    if rating is not None:
        await tx.flush()
        return Accepted(rating.id, rating.seq, False, State(conversation.state))
    await begin_again(tx, conversation)
    message = append(tx, conversation, author="customer", text=cleaned, client_id=client_id)
    conversation.unread += 1
    await tx.flush()
    await attach(tx, conversation, message, attachment_ids)
    await chats.customer_wrote(tx, conversation, message.created_at)
    await tickets.customer_wrote(tx, conversation)
    tx.add(Turn(message_id=message.id, conversation_id=conversation.id))
    await tx.flush()
    await queue.defer_turn(tx, conversation.id, message.id, await due_at(tx, conversation))
    return Accepted(message.id, message.seq, False, State(conversation.state))


async def begin_again(tx: Transaction, conversation: Conversation) -> None:
    """What a customer's message does to a conversation that was over.

    While it is being wrapped up it goes back to the same agent if they are there (首问负责),
    otherwise, and after it was closed, the bot has it again.
    """
    if State(conversation.state) not in REOPENED_BY_CUSTOMER:
        return
    if conversation.state == State.WRAP_UP:
        agent = await tx.get_one(Staff, conversation.owner_id, populate_existing=True)
        if effective(agent, now()) in (Presence.ONLINE, Presence.BUSY):
            await to_agent(tx, conversation, agent, "came_back", "came_back")
            await chats.waits(tx, conversation)
            return
    await reopen(tx, conversation)
