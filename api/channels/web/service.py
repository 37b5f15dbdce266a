"""Visitor sessions and what a visitor may see and do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from api.auth.tokens import digest, new_token
from api.channels.web.schemas import Rating, VisitorConversation, VisitorMessages
from api.conversations import repository, views
from api.conversations.schemas import MessageOut
from api.conversations.text import clean
from api.db import Transaction
from api.errors import AlreadyRated, EmptyText, NotRateable, SessionExpired
from api.events import Event
from api.handoffs.queue import place
from api.i18n import say
from api.ids import new_id, now
from api.models import Conversation, Customer, VisitorSession
from api.search import service as search
from triage.ownership import State

_RATEABLE = frozenset({State.WRAP_UP, State.CLOSED})


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor with a valid session."""

    customer_id: UUID
    conversation_id: UUID


async def open_session(tx: Transaction, display_name: str | None, days: int) -> tuple[str, UUID]:
    """A new customer with a conversation; returns (token, conversation id)."""
    customer = Customer(id=new_id(), display_name=_name(display_name))
    tx.add(customer)
    await tx.flush()
    await search.touch_customer(tx, customer)
    conversation = Conversation(id=new_id(), customer_id=customer.id, channel="web")
    tx.add(conversation)
    await tx.flush()
    token = new_token()
    tx.add(
        VisitorSession(
            token_hash=digest(token),
            customer_id=customer.id,
            conversation_id=conversation.id,
            expires_at=now() + timedelta(days=days),
        )
    )
    return token, conversation.id


async def visitor_of(tx: Transaction, token: str) -> Visitor:
    """The visitor a token stands for; raises SessionExpired for a forged or old one."""
    session = await tx.scalar(
        select(VisitorSession).where(
            VisitorSession.token_hash == digest(token), VisitorSession.expires_at > now()
        )
    )
    if session is None:
        raise SessionExpired
    return Visitor(session.customer_id, session.conversation_id)


async def messages(tx: Transaction, visitor: Visitor, after: int) -> VisitorMessages:
    """Everything after `after`, and how the conversation stands."""
    found = await views.visitor_messages(tx, visitor.conversation_id, after)
    return VisitorMessages(
        messages=found,
        next=found[-1].seq if found else after,
        recalled=await repository.recalled(tx, visitor.conversation_id, staff=False),
        conversation=await conversation(tx, visitor),
        pending=await repository.pending_message_ids(tx, visitor.conversation_id),
    )


async def conversation(tx: Transaction, visitor: Visitor) -> VisitorConversation:
    """How the visitor's conversation stands."""
    found = await repository.get(tx, visitor.conversation_id)
    queue_place = await place(tx, found)
    names = await repository.staff_names(tx, {found.owner_id} if found.owner_id else set())
    return VisitorConversation(
        id=found.id,
        state=found.state,
        agent_name=names.get(found.owner_id) if found.owner_id else None,
        queue_position=queue_place.position,
        expected_wait_seconds=queue_place.expected_wait_seconds,
        agent_read_seq=found.agent_read_seq,
        rating=found.rating,
        nps=found.nps,
        rated=_rated(found),
    )


async def message(tx: Transaction, visitor: Visitor, seq: int) -> MessageOut | None:
    """One message as the visitor sees it; None when it is not for them."""
    found = await repository.message(tx, visitor.conversation_id, seq)
    if found.private or found.suppressed:
        return None
    (shown,) = await views.for_customer(tx, [found])
    return shown


async def rate(tx: Transaction, visitor: Visitor, rating: Rating) -> None:
    """Store the survey, once; raises NotRateable before the end, AlreadyRated after."""
    found = await repository.lock(tx, visitor.conversation_id)
    if _rated(found):
        raise AlreadyRated
    if found.state not in _RATEABLE:
        raise NotRateable
    found.rating = rating.score
    found.nps = rating.nps
    found.rating_comment = _comment(rating.comment)
    found.rated_at = now()
    tx.emit(Event("conversation", str(found.id)))


def _rated(conversation: Conversation) -> bool:
    """Ratings of before the survey had a time of their own."""
    return conversation.rated_at is not None or conversation.rating is not None


def _comment(comment: str | None) -> str | None:
    try:
        return clean(comment or "")
    except EmptyText:
        return None


def _name(display_name: str | None) -> str:
    try:
        return clean(display_name or "")
    except EmptyText:
        return say("author.customer")
