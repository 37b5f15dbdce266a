"""Messages go in and out here: numbering, durable accept, and the change of state.

Every function works inside the caller's transaction and leaves the commit to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from api.assistant import Button
from api.conversations import repository
from api.conversations.pieces import due_at
from api.conversations.text import clean
from api.db import Transaction
from api.events import Event
from api.ids import new_id, now
from api.jobs import JobQueue
from api.models import Conversation, Message, Turn
from triage.ownership import REOPENED_BY_CUSTOMER, State, move

_PREVIEW = 80


@dataclass(frozen=True, slots=True)
class Accepted:
    """A customer message that is stored; `duplicate` when it already was."""

    id: UUID
    seq: int
    duplicate: bool
    state: State


def append(
    tx: Transaction,
    conversation: Conversation,
    *,
    author: str,
    text: str,
    kind: str = "text",
    buttons: Sequence[Button] = (),
    client_id: str | None = None,
    reply_to: UUID | None = None,
    staff_id: UUID | None = None,
    suppressed: bool = False,
) -> Message:
    """Add a message as the next `seq`. The conversation must be locked by the caller."""
    moment = now()
    conversation.last_seq += 1
    conversation.updated_at = moment
    if not suppressed and author != "system":
        conversation.last_author = author
        conversation.last_text = text[:_PREVIEW]
        conversation.last_message_at = moment
    message = Message(
        id=new_id(),
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        author=author,
        kind=kind,
        text=text,
        buttons=[button.model_dump() for button in buttons],
        client_id=client_id,
        reply_to=reply_to,
        staff_id=staff_id,
        suppressed=suppressed,
        created_at=moment,
    )
    tx.add(message)
    tx.emit(Event("message", str(conversation.id)))
    return message


async def accept(
    tx: Transaction, queue: JobQueue, conversation_id: UUID, text: str, client_id: str
) -> Accepted:
    """Store a customer message together with its `turn` job.

    The same `client_id` again gives the first message back and changes nothing. Raises
    EmptyText, TextTooLong, NotFound.
    """
    cleaned = clean(text)
    conversation = await repository.lock(tx, conversation_id)
    known = await repository.message_by_client_id(tx, conversation_id, "customer", client_id)
    if known is not None:
        return Accepted(known.id, known.seq, True, State(conversation.state))
    if State(conversation.state) in REOPENED_BY_CUSTOMER:
        reopen(tx, conversation)
    message = append(tx, conversation, author="customer", text=cleaned, client_id=client_id)
    conversation.unread += 1
    await tx.flush()
    tx.add(Turn(message_id=message.id, conversation_id=conversation_id))
    await tx.flush()
    await queue.defer_turn(tx, conversation_id, message.id, await due_at(tx, conversation))
    return Accepted(message.id, message.seq, False, State(conversation.state))


def reopen(tx: Transaction, conversation: Conversation) -> None:
    """Start again with the bot after the conversation had ended."""
    change_state(tx, conversation, State.BOT)
    conversation.closed_at = None


def change_state(
    tx: Transaction, conversation: Conversation, wanted: State, owner_id: UUID | None = None
) -> None:
    """Move to `wanted`; raises triage.ownership.MoveNotAllowed. `owner_id` for active states."""
    conversation.state = move(State(conversation.state), wanted)
    conversation.owner_id = owner_id if wanted in (State.ACTIVE, State.WRAP_UP) else None
    conversation.updated_at = now()
    if wanted is State.QUEUED:
        conversation.queued_at = conversation.updated_at
    elif wanted is not State.ACTIVE:
        conversation.queued_at = None
    if wanted is State.CLOSED:
        conversation.closed_at = conversation.updated_at
    tx.emit(Event("conversation", str(conversation.id)))


def finish_turn(tx: Transaction, turn: Turn, outcome: str, state: str = "done") -> None:
    """Record what became of a customer message and tell the pages."""
    turn.state = state
    turn.outcome = outcome
    turn.finished_at = now()
    if state == "done":
        tx.emit(
            Event(
                "handled",
                str(turn.conversation_id),
                {"message_id": str(turn.message_id), "outcome": outcome},
            )
        )
