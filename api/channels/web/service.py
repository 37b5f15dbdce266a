"""Visitor sessions and what a visitor may see and do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from api.auth.tokens import digest, new_token
from api.channels import join
from api.channels.web.schemas import Rating, VisitorConversation, VisitorMessages
from api.conversations import rating as ratings
from api.conversations import repository, views
from api.conversations.matters import new_conversation
from api.conversations.schemas import MessageOut
from api.conversations.text import clean
from api.db import Transaction
from api.errors import EmptyText, SessionExpired
from api.handoffs.queue import kept
from api.ids import new_id, now
from api.models import Customer, VisitorSession
from api.naming import newcomer
from api.policies.service import policies
from api.search import service as search
from triage.ownership import State

_SEEN_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor with a valid session."""

    customer_id: UUID
    conversation_id: UUID


async def open_session(tx: Transaction, display_name: str | None, days: int) -> tuple[str, UUID]:
    """A new customer with a conversation; returns (token, conversation id)."""
    customer_id = new_id()
    customer = Customer(id=customer_id, display_name=_name(display_name, customer_id))
    tx.add(customer)
    await tx.flush()
    await search.touch_customer(tx, customer)
    conversation = await new_conversation(tx, customer.id, "web")
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
    """The visitor a token stands for, whose page is there now.

    Raises SessionExpired for a forged or old one.
    """
    session = await tx.scalar(
        select(VisitorSession).where(
            VisitorSession.token_hash == digest(token), VisitorSession.expires_at > now()
        )
    )
    if session is None:
        raise SessionExpired
    _note_seen(session)
    return Visitor(session.customer_id, session.conversation_id)


async def seen(tx: Transaction, visitor: Visitor) -> None:
    """The visitor's page is still there."""
    query = select(VisitorSession).where(VisitorSession.conversation_id == visitor.conversation_id)
    for session in await tx.scalars(query):
        _note_seen(session)


def _note_seen(session: VisitorSession) -> None:
    """At most every half minute."""
    moment = now()
    if session.seen_at is None or session.seen_at <= moment - _SEEN_EVERY:
        session.seen_at = moment


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
    queue_place = await kept(tx, found)
    names = await repository.staff_names(tx, {found.owner_id} if found.owner_id else set())
    joined = await join.is_joined(tx, found.id)
    return VisitorConversation(
        id=found.id,
        state=found.state,
        agent_name=names.get(found.owner_id) if found.owner_id else None,
        queue_position=queue_place.position,
        expected_wait_seconds=queue_place.expected_wait_seconds,
        opens_at=await _opens_at(tx) if found.state == State.QUEUED else None,
        agent_read_seq=found.agent_read_seq,
        rating=found.rating,
        nps=found.nps,
        rated=ratings.is_rated(found),
        rateable=not ratings.is_rated(found) and await ratings.is_rateable(tx, found),
        wechat_accounts=[] if joined else await join.open_at(tx),
        joined=joined,
    )


async def _opens_at(tx: Transaction) -> datetime | None:
    calendar, moment = (await policies(tx)).calendar, now()
    return None if calendar.is_open(moment) else calendar.next_opening(moment)


async def message(tx: Transaction, visitor: Visitor, seq: int) -> MessageOut | None:
    """One message as the visitor sees it; None when it is not for them."""
    found = await repository.message(tx, visitor.conversation_id, seq)
    if found.private or found.suppressed:
        return None
    (shown,) = await views.for_customer(tx, [found])
    return shown


async def rate(tx: Transaction, visitor: Visitor, rating: Rating) -> None:
    """Store the survey, once.

    Raises NotRateable before the end or when there is nothing to rate, AlreadyRated after.
    """
    found = await repository.lock(tx, visitor.conversation_id)
    await ratings.rate(tx, found, rating.score, rating.nps, rating.comment)


def _name(display_name: str | None, customer_id: UUID) -> str:
    try:
        return clean(display_name or "")
    except EmptyText:
        return newcomer("customer", customer_id)
