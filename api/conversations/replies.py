"""What an agent says to the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from api.auth.service import SignedIn
from api.conversations import access, repository
from api.conversations.crossing import newer_than
from api.conversations.files import attach, words
from api.conversations.reading import read_up_to
from api.conversations.repository import shown_to_customer
from api.conversations.service import append
from api.db import Transaction
from api.deadlines import chats
from api.errors import Conflict, Crossed, NotOwner, UnknownQuote
from api.models import Conversation, Message
from triage.ownership import State


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply as its writer sends it (`api.conversations.bodies.AgentText`)."""

    text: str
    client_id: str
    after_seq: int | None = None
    force: bool = False
    quote_of: UUID | None = None
    attachment_ids: Sequence[UUID] = ()


async def reply(tx: Transaction, conversation_id: UUID, staff: SignedIn, draft: Draft) -> Message:
    """Send an agent's message; the same `client_id` again gives the first one back.

    Raises NotFound, NotOwner, EmptyText, TextTooLong, UnknownQuote, UnknownAttachment, and Crossed
    when the bot or another agent has spoken since `after_seq`. A customer who writes on does not
    hold an answer back: it would never be sent to somebody who types fast.
    """
    text = words(draft.text, draft.attachment_ids)
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    known = await sent_before(tx, conversation, staff, draft.client_id, private=False)
    if known is not None:
        return known
    require_owner(conversation, staff)
    if draft.after_seq is not None and not draft.force:
        newer = await newer_than(tx, conversation_id, draft.after_seq, staff.id)
        if newer.others:
            raise Crossed(newer=list(newer.others), customer=list(newer.customer))
    if draft.quote_of is not None:
        await _require_quotable(tx, conversation_id, draft.quote_of)
    message = append(
        tx,
        conversation,
        author="agent",
        text=text,
        client_id=draft.client_id,
        staff_id=staff.id,
        quote_of=draft.quote_of,
    )
    await attach(tx, conversation, message, draft.attachment_ids)
    conversation.last_agent_id = staff.id
    conversation.passed_over = []
    await chats.answered(tx, conversation, message.created_at)
    read_up_to(tx, conversation, conversation.last_seq)
    await tx.flush()
    return message


async def sent_before(
    tx: Transaction, conversation: Conversation, staff: SignedIn, client_id: str, *, private: bool
) -> Message | None:
    """The message stored earlier under this `client_id`; raises Conflict if it is another kind."""
    known = await repository.message_by_client_id(tx, conversation.id, "agent", client_id)
    if known is not None and (known.staff_id != staff.id or known.private != private):
        raise Conflict
    return known


def require_owner(conversation: Conversation, staff: SignedIn) -> None:
    """Raises NotOwner unless `staff` has the conversation and may speak in it."""
    if conversation.owner_id != staff.id or conversation.state != State.ACTIVE:
        raise NotOwner


async def _require_quotable(tx: Transaction, conversation_id: UUID, message_id: UUID) -> None:
    query = select(Message.id).where(
        Message.id == message_id,
        Message.conversation_id == conversation_id,
        Message.recalled_at.is_(None),
        shown_to_customer(),
    )
    if await tx.scalar(query) is None:
        raise UnknownQuote
