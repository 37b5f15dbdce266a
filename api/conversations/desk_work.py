"""What an agent does with a conversation: take, reply, hand back, close."""

from __future__ import annotations

from uuid import UUID

from api.assistant import Button
from api.auth.service import Role, SignedIn
from api.conversations import repository
from api.conversations.service import append, change_state
from api.conversations.text import clean
from api.db import Transaction
from api.errors import AlreadyTaken, NotOwner
from api.events import Event
from api.handoffs.service import record_hop
from api.i18n import say
from api.ids import new_id
from api.models import Conversation, Message
from triage.ownership import State, owner


async def take(tx: Transaction, conversation_id: UUID, staff: SignedIn) -> Conversation:
    """Become the owner. Taking one's own again changes nothing.

    Raises AlreadyTaken when another agent has it, unless a supervisor takes it over.
    """
    conversation = await repository.lock(tx, conversation_id)
    if conversation.owner_id == staff.id and conversation.state == State.ACTIVE:
        return conversation
    if conversation.state == State.ACTIVE and not staff.role.covers(Role.SUPERVISOR):
        raise AlreadyTaken
    source = _owner(conversation)
    change_state(tx, conversation, State.ACTIVE, staff.id)
    conversation.responsible_id = conversation.responsible_id or staff.id
    await _hop(tx, conversation, source, "taken", None)
    append(
        tx,
        conversation,
        author="system",
        kind="notice",
        text=say("notice.taken", name=staff.display_name),
    )
    _read(tx, conversation, conversation.last_seq)
    return conversation


async def reply(
    tx: Transaction, conversation_id: UUID, staff: SignedIn, text: str, client_id: str
) -> Message:
    """Send an agent's message; the same `client_id` again gives the first one back.

    Raises NotOwner, EmptyText, TextTooLong.
    """
    cleaned = clean(text)
    conversation = await repository.lock(tx, conversation_id)
    known = await repository.message_by_client_id(tx, conversation_id, "agent", client_id)
    if known is not None:
        return known
    _require_owner(conversation, staff)
    message = append(
        tx, conversation, author="agent", text=cleaned, client_id=client_id, staff_id=staff.id
    )
    conversation.first_response_at = conversation.first_response_at or message.created_at
    _read(tx, conversation, conversation.last_seq)
    await tx.flush()
    return message


async def return_to_bot(
    tx: Transaction, conversation_id: UUID, staff: SignedIn, note: str | None
) -> Conversation:
    """Give the conversation back to the bot; it keeps its slots. Raises NotOwner."""
    conversation = await repository.lock(tx, conversation_id)
    _require_owner(conversation, staff)
    source = _owner(conversation)
    change_state(tx, conversation, State.BOT)
    conversation.priority = None
    conversation.first_response_due_at = None
    await _hop(tx, conversation, source, "returned", note)
    human = say("button.human")
    append(
        tx,
        conversation,
        author="system",
        kind="notice",
        text=say("notice.returned"),
        buttons=[Button(title=human, text=human)],
    )
    return conversation


async def close(tx: Transaction, conversation_id: UUID, staff: SignedIn) -> Conversation:
    """End the conversation and ask for a rating. Raises NotOwner."""
    conversation = await repository.lock(tx, conversation_id)
    _require_owner(conversation, staff)
    change_state(tx, conversation, State.WRAP_UP, staff.id)
    change_state(tx, conversation, State.CLOSED)
    conversation.first_response_due_at = None
    conversation.priority = None
    append(tx, conversation, author="system", kind="notice", text=say("notice.closed"))
    return conversation


async def read(tx: Transaction, conversation_id: UUID, staff: SignedIn, seq: int) -> None:
    """The owner has seen everything up to `seq`; others' looks are not told the customer."""
    conversation = await repository.lock(tx, conversation_id)
    if conversation.owner_id == staff.id:
        _read(tx, conversation, min(seq, conversation.last_seq))


async def typing(tx: Transaction, conversation_id: UUID, staff: SignedIn) -> None:
    """Show the customer that their agent is typing; raises NotOwner."""
    _require_owner(await repository.get(tx, conversation_id), staff)
    tx.emit(Event("typing", str(conversation_id), {"author": "agent"}))


def _read(tx: Transaction, conversation: Conversation, seq: int) -> None:
    if seq <= conversation.agent_read_seq and conversation.unread == 0:
        return
    conversation.agent_read_seq = max(seq, conversation.agent_read_seq)
    if seq >= conversation.last_seq:
        conversation.unread = 0
    tx.emit(Event("conversation", str(conversation.id)))


def _require_owner(conversation: Conversation, staff: SignedIn) -> None:
    if conversation.owner_id != staff.id or conversation.state != State.ACTIVE:
        raise NotOwner


async def _hop(
    tx: Transaction, conversation: Conversation, source: str, reason: str, note: str | None
) -> None:
    cause = f"staff:{new_id()}"
    await record_hop(tx, conversation, source, _owner(conversation), reason, note, cause)


def _owner(conversation: Conversation) -> str:
    owner_id = str(conversation.owner_id) if conversation.owner_id else None
    return owner(State(conversation.state), owner_id)
