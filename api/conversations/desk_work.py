"""How a conversation comes to an agent by hand and goes back: take, hand back, read, type."""

from __future__ import annotations

from uuid import UUID

from api.audit import service as audit
from api.auth.service import Role, SignedIn
from api.conversations import access, repository
from api.conversations.reading import read_up_to
from api.conversations.replies import require_owner
from api.conversations.service import change_state
from api.db import Transaction
from api.deadlines import chats
from api.errors import AlreadyTaken
from api.events import Event
from api.handoffs import moves, routing
from api.handoffs.hops import owner_of, record_hop
from api.handoffs.notices import tell
from api.models import Conversation, Staff
from triage.ownership import WITH_AGENT, State


async def take(tx: Transaction, conversation_id: UUID, staff: SignedIn) -> Conversation:
    """Become the owner. Taking one's own again changes nothing.

    Raises NotFound, and AlreadyTaken when another agent has it, unless a supervisor takes it over.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    holder = conversation.owner_id
    if holder == staff.id and conversation.state == State.ACTIVE:
        return conversation
    another = conversation.state in WITH_AGENT and holder != staff.id
    if another and not staff.role.covers(Role.SUPERVISOR):
        raise AlreadyTaken
    agent = await tx.get_one(Staff, staff.id)
    reason = "taken_over" if another else "taken"
    await moves.to_agent(tx, conversation, agent, reason, reason)
    read_up_to(tx, conversation, conversation.last_seq)
    await routing.note_assigned(tx, [staff.id])
    if another:
        data = {"from": holder}
        await audit.record(tx, staff, "take_over", "conversation", conversation.id, data)
    return conversation


async def return_to_bot(
    tx: Transaction, conversation_id: UUID, staff: SignedIn, note: str | None
) -> Conversation:
    """Give the conversation back to the bot; it keeps its slots. Raises NotFound and NotOwner."""
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    require_owner(conversation, staff)
    source = owner_of(conversation)
    change_state(tx, conversation, State.BOT)
    conversation.last_agent_id = staff.id
    if conversation.priority == "P1":  # nobody lowers it unseen (norms §1)
        data = {"target": "priority", "before": "P1", "after": None, "reason": note}
        await audit.record(tx, staff, "priority_changed", "conversation", conversation.id, data)
    conversation.priority = None
    await chats.over(tx, conversation)
    await record_hop(tx, conversation, source, owner_of(conversation), "returned", note)
    tell(tx, conversation, "returned", "human")
    return conversation


async def read(tx: Transaction, conversation_id: UUID, staff: SignedIn, seq: int) -> None:
    """The owner has seen everything up to `seq`; others' looks are not told the customer."""
    conversation = await repository.lock(tx, conversation_id)
    if conversation.owner_id == staff.id:
        read_up_to(tx, conversation, min(seq, conversation.last_seq))


async def typing(tx: Transaction, conversation_id: UUID, staff: SignedIn) -> None:
    """Show the customer that their agent is typing; raises NotOwner."""
    require_owner(await repository.get(tx, conversation_id), staff)
    tx.emit(Event("typing", str(conversation_id), {"author": "agent"}))
