"""The end of a conversation: wrapping up, the form, and asking the customer how it was.

`active → wrap_up → closed`. The customer is told at the first step; the form closes, or some
minutes without it do. A form that comes later still counts: customers often say thanks when they
are told that it is over, and that gives the conversation back to the bot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select

from api.auth.service import SignedIn
from api.conversations import access, survey
from api.conversations.labels import Corrected, put_right
from api.conversations.matters import REOPENED
from api.conversations.rating import is_rated
from api.conversations.replies import require_owner
from api.conversations.service import change_state
from api.db import Transaction
from api.deadlines import chats, follow_ups
from api.errors import NotOwner
from api.handoffs.notices import tell
from api.ids import new_id, now
from api.models import Conversation, Handoff, Staff, WrapUp
from api.policies.service import policies
from triage.ownership import State, owner

_BATCH = 50


@dataclass(frozen=True, slots=True)
class Form:
    """What the agent writes down (`api.conversations.bodies.WrapUpForm`)."""

    result: str
    root_cause: str | None = None
    category: str | None = None
    note: str | None = None
    follow_up: bool = False


async def begin(tx: Transaction, conversation_id: UUID, staff: SignedIn) -> Conversation:
    """End the conversation for the customer; the form comes next. Again changes nothing.

    Raises NotFound and NotOwner.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    if conversation.state == State.WRAP_UP and conversation.owner_id == staff.id:
        return conversation
    require_owner(conversation, staff)
    await _begin(tx, conversation, staff)
    return conversation


async def close(
    tx: Transaction, conversation_id: UUID, staff: SignedIn, form: Form
) -> Conversation:
    """Keep the form and close the conversation.

    Raises NotFound, and NotOwner unless `staff` has it, or had it last and owes the form.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    if conversation.owner_id == staff.id:
        await close_own(tx, conversation, staff, form)
    elif await _owes_form(tx, conversation, staff):
        await _keep_form(tx, conversation, staff, form)
    else:
        raise NotOwner
    return conversation


async def close_own(
    tx: Transaction, conversation: Conversation, staff: SignedIn, form: Form
) -> None:
    """As `close`, for a conversation that `staff` has and the caller has locked."""
    if conversation.state == State.ACTIVE:
        await _begin(tx, conversation, staff)
    await _keep_form(tx, conversation, staff, form)
    _end(tx, conversation)


async def close_overdue(tx: Transaction, at: datetime) -> int:
    """Close conversations in which nothing has happened for too long since they ended.

    Returns how many; at most a batch. Two workers never close the same one.
    """
    policy = (await policies(tx)).conversations
    silent_since = at - timedelta(minutes=policy.wrap_up_minutes)
    query = (
        select(Conversation)
        .where(Conversation.state == State.WRAP_UP, Conversation.updated_at <= silent_since)
        .order_by(Conversation.updated_at)
        .limit(_BATCH)
        .with_for_update(skip_locked=True, key_share=True)
    )
    found = (await tx.scalars(query)).all()
    for conversation in found:
        _end(tx, conversation)
    return len(found)


async def _begin(tx: Transaction, conversation: Conversation, staff: SignedIn) -> None:
    change_state(tx, conversation, State.WRAP_UP, staff.id)
    conversation.last_agent_id = staff.id
    await chats.over(tx, conversation)
    if await survey.asks_here(tx, conversation):
        survey.ask(tx, conversation)
    else:
        form = conversation.contact_id is None and not is_rated(conversation)  # on their page
        tell(tx, conversation, "closed" if form else "closed_again")


def _end(tx: Transaction, conversation: Conversation) -> None:
    change_state(tx, conversation, State.CLOSED)


async def _keep_form(
    tx: Transaction, conversation: Conversation, staff: SignedIn, form: Form
) -> None:
    if form.category is not None:
        await put_right(tx, conversation, staff, Corrected(category=form.category))
    tx.add(
        WrapUp(
            id=new_id(),
            conversation_id=conversation.id,
            staff_id=staff.id,
            result=form.result,
            root_cause=form.root_cause,
            category=form.category or conversation.category,
            note=form.note,
        )
    )
    if form.follow_up:
        owner_id = await _answerable(tx, conversation, staff)
        await follow_ups.plan(
            *(tx, conversation.customer_id, owner_id, now()), conversation_id=conversation.id
        )
    await tx.flush()


async def _answerable(tx: Transaction, conversation: Conversation, staff: SignedIn) -> UUID:
    """Who asks the customer again: who answers for it, while they work here, else `staff`."""
    query = select(Staff.id).where(Staff.id == conversation.responsible_id, Staff.active)
    return await tx.scalar(query) or staff.id


async def _owes_form(tx: Transaction, conversation: Conversation, staff: SignedIn) -> bool:
    """Nobody has had it since `staff`, it has ended, and its form is not written yet."""
    if conversation.state in (State.ACTIVE, State.WRAP_UP, State.QUEUED):
        return False
    newest = (
        select(Handoff)
        .where(Handoff.conversation_id == conversation.id, Handoff.reason != REOPENED)
        .order_by(Handoff.hop.desc())
        .limit(1)
    )
    hop = await tx.scalar(newest)
    if hop is None or hop.to_owner != owner(State.ACTIVE, str(staff.id)):
        return False
    written = exists().where(
        WrapUp.conversation_id == conversation.id, WrapUp.created_at >= hop.created_at
    )
    return not await tx.scalar(select(written))
