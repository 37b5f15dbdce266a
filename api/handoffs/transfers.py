"""Passing a conversation on: to a colleague, to a business line, or where a supervisor says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from api.agents.presence import is_alive
from api.audit import service as audit
from api.auth.service import Role, SignedIn
from api.conversations import access, notes
from api.conversations.replies import sent_before
from api.conversations.telling import tell
from api.db import Transaction
from api.errors import (
    AgentAway,
    AlreadyTaken,
    DeclineTooLate,
    NobodyElse,
    NotOwner,
    UnknownStaff,
)
from api.events import Event
from api.handoffs import candidates, moves, routing
from api.handoffs.moves import Queueing, into_queue
from api.ids import now
from api.models import Conversation, Handoff, Message, Staff
from api.policies.service import policies
from classifier.labels import label_name
from triage.ownership import State, owner


@dataclass(frozen=True, slots=True)
class Target:
    """Where a conversation goes: to a person or to whoever knows a business line, exactly one."""

    agent_id: UUID | None = None
    skill: str | None = None


async def transfer(
    tx: Transaction, conversation_id: UUID, staff: SignedIn, target: Target, note: str | None
) -> Conversation:
    """Pass one's own conversation on; supervisors may pass on any that a person has or waits for.

    It waits in the queue for the target, which is given it as soon as a hand is free. Raises
    NotFound, NotOwner, UnknownStaff, and AgentAway when the person is not there at all.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    owned = conversation.state == State.ACTIVE and conversation.owner_id == staff.id
    movable = conversation.state in (State.ACTIVE, State.QUEUED)
    if not owned and not (movable and staff.role.covers(Role.SUPERVISOR)):
        raise NotOwner
    giver = conversation.owner_id
    how = await _towards(tx, target, giver, note)
    if conversation.state == State.QUEUED:
        await _aim(tx, conversation, how)
    else:
        conversation.last_agent_id = giver
        await into_queue(tx, conversation, how)
    data = {"agent_id": target.agent_id, "skill": target.skill}
    await audit.record(tx, staff, "transfer", "conversation", conversation.id, data)
    return conversation


async def decline(tx: Transaction, conversation_id: UUID, staff: SignedIn) -> Conversation:
    """Give back what one was given just now and has not answered; it keeps its place.

    Who has declined it is not given it again before a person has answered. Raises NotFound,
    NotOwner, DeclineTooLate, and NobodyElse when nobody else at work could have it.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    if conversation.state != State.ACTIVE or conversation.owner_id != staff.id:
        raise NotOwner
    moment, policy = now(), (await policies(tx)).routing
    hop = await _newest_hop(tx, conversation)
    allowed = timedelta(seconds=policy.decline_within_seconds)
    if hop is None or hop.reason != "routed" or hop.created_at < moment - allowed:
        raise DeclineTooLate
    if await _has_answered_since(tx, conversation, staff.id, hop.created_at):
        raise DeclineTooLate
    passed_over = (*map(UUID, conversation.passed_over), staff.id)
    present = await candidates.agents(tx, moment)
    if not any(agent.at_work and agent.id not in passed_over for agent in present):
        raise NobodyElse
    how = Queueing(
        "declined",
        "declined",
        passed_over=passed_over,
        queued_at=conversation.queued_at,
        names={"name": staff.display_name},
    )
    await into_queue(tx, conversation, how)
    return conversation


async def assign(
    tx: Transaction, conversation_id: UUID, staff: SignedIn, agent_id: UUID
) -> Conversation:
    """A supervisor moves work: the conversation is that agent's now, whoever had it before.

    Raises NotFound, UnknownStaff, AlreadyTaken when they have it already.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    agent = await _colleague(tx, agent_id)
    before = conversation.owner_id
    if before == agent_id and conversation.state == State.ACTIVE:
        raise AlreadyTaken
    says = "taken" if before is None else "taken_over"
    conversation.last_agent_id = before or conversation.last_agent_id
    await moves.to_agent(tx, conversation, agent, "assigned", says)
    await routing.note_assigned(tx, [agent_id])
    await tell(tx, conversation, [agent_id], "assigned", staff)
    data = {"agent_id": agent_id, "from": before}
    await audit.record(tx, staff, "assign", "conversation", conversation.id, data)
    return conversation


async def set_responsible(
    tx: Transaction, conversation_id: UUID, staff: SignedIn, agent_id: UUID
) -> Conversation:
    """A supervisor makes somebody else answerable for the outcome (首问负责, norms §3).

    Raises NotFound and UnknownStaff.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    await _colleague(tx, agent_id)
    before, conversation.responsible_id = conversation.responsible_id, agent_id
    if before != agent_id:
        tx.emit(Event("conversation", str(conversation.id)))
        data = {"before": before, "after": agent_id}
        await audit.record(tx, staff, "responsible_changed", "conversation", conversation.id, data)
    return conversation


async def whisper(
    tx: Transaction, conversation_id: UUID, staff: SignedIn, text: str, client_id: str
) -> Message:
    """A supervisor's word to whoever has the conversation; the customer never sees it.

    The same `client_id` again gives the first one back and tells nobody. Raises NotFound,
    EmptyText, TextTooLong, and NotOwner while nobody has it.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    known = await sent_before(tx, conversation, staff, client_id, private=True)
    if known is not None:
        return known
    if conversation.owner_id is None:
        raise NotOwner
    message = await notes.write(tx, conversation_id, staff, text, client_id)
    await tell(tx, conversation, [conversation.owner_id], "whisper", staff)
    return message


async def _towards(
    tx: Transaction, target: Target, giver: UUID | None, note: str | None
) -> Queueing:
    if target.agent_id is None:
        skill = target.skill or "other"
        return Queueing(
            "transfer",
            "transfer_skill",
            note,
            wanted_skill=skill,
            passed_over=(giver,) if giver else (),
            names={"skill": label_name("category", skill)},
        )
    agent = await _colleague(tx, target.agent_id)
    if agent.id == giver:
        raise UnknownStaff(staff_id=str(agent.id))
    if not is_alive(agent, now()) or agent.capacity < 1:
        raise AgentAway
    return Queueing(
        "transfer",
        "transfer_agent",
        note,
        wanted_agent_id=agent.id,
        passed_over=(giver,) if giver else (),
        names={"name": agent.display_name},
    )


async def _aim(tx: Transaction, conversation: Conversation, how: Queueing) -> None:
    """Who waits already goes on waiting, for somebody else; the hop says so."""
    conversation.wanted_agent_id, conversation.wanted_skill = how.wanted_agent_id, how.wanted_skill
    conversation.passed_over = []
    await moves.within_queue(tx, conversation, how)


async def _colleague(tx: Transaction, staff_id: UUID) -> Staff:
    found = await tx.get(Staff, staff_id)
    if found is None or not found.active:
        raise UnknownStaff(staff_id=str(staff_id))
    return found


async def _newest_hop(tx: Transaction, conversation: Conversation) -> Handoff | None:
    query = select(Handoff).where(
        Handoff.conversation_id == conversation.id,
        Handoff.to_owner == owner(State.ACTIVE, str(conversation.owner_id)),
    )
    return await tx.scalar(query.order_by(Handoff.hop.desc()).limit(1))


async def _has_answered_since(
    tx: Transaction, conversation: Conversation, staff_id: UUID, since: datetime
) -> bool:
    query = select(Message.id).where(
        Message.conversation_id == conversation.id,
        Message.staff_id == staff_id,
        Message.author == "agent",
        ~Message.private,
        Message.created_at >= since,
    )
    return await tx.scalar(query.limit(1)) is not None
