"""What outlives a conversation: call-backs, requests about personal data, how tickets stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from api.commerce.schemas import (
    CallBackRequest,
    CallBackResult,
    PrivacyRequest,
    PrivacyResult,
    TicketStatus,
)
from api.commerce.service import Counter
from api.conversations import repository as conversations
from api.db import Transaction
from api.errors import TicketNotFound
from api.i18n import say
from api.ids import SHOP_TIME, now
from api.models import CommerceIdentity, Ticket
from api.tickets import service as tickets
from api.tickets.schemas import TicketRequest

MOST_TICKETS = 5
TITLE = 40


@dataclass(frozen=True, slots=True)
class _CallBack:
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Privacy:
    reference: str
    due_on: date


async def call_back(at: Counter, body: CallBackRequest) -> CallBackResult:
    """Open a ticket to call `phone`; a time that has passed means as soon as possible."""

    async def perform(_key: str) -> _CallBack:
        wished = body.at if body.at is not None and body.at > now() else None
        when = (
            f"{wished.astimezone(SHOP_TIME):%Y-%m-%d %H:%M}"
            if wished
            else say("ticket.call_back_soon")
        )
        ticket = await tickets.open_ticket(
            at.tx,
            TicketRequest(
                conversation_id=body.conversation_id,
                message_id=body.message_id,
                kind="call_back",
                description=say("ticket.call_back", phone=body.phone, at=when, topic=body.topic),
                contact=body.phone,
            ),
        )
        opened = await _ticket(at.tx, ticket.number)
        return _CallBack(ticket.number, wished or opened.first_response_due_at)

    return await at.once("call-back", body, CallBackResult, perform)


async def request_privacy(at: Counter, body: PrivacyRequest) -> PrivacyResult:
    """Tell the shop, and open a ticket for whoever answers."""
    customer = await at.customer()

    async def perform(key: str) -> _Privacy:
        accepted = await at.shop.request_privacy(key, customer, body.wish, body.note)
        description = say(
            f"ticket.privacy_{body.wish}",
            reference=accepted.reference,
            due_on=accepted.due_on,
            note=body.note,
        )
        ticket = await tickets.open_ticket(
            at.tx,
            TicketRequest(
                conversation_id=body.conversation_id,
                message_id=body.message_id,
                kind="privacy",
                description=description,
            ),
        )
        return _Privacy(ticket.number, accepted.due_on)

    return await at.once("privacy-request", body, PrivacyResult, perform)


async def ticket_status(at: Counter, number: str | None) -> list[TicketStatus]:
    """Tickets of this conversation's desk customer, newest first, or the one of `number`.

    A ticket of another desk customer is shown only to the same verified shop customer; raises
    TicketNotFound otherwise.
    """
    conversation = await conversations.get(at.tx, at.conversation_id)
    if number is None:
        query = (
            select(Ticket)
            .where(Ticket.customer_id == conversation.customer_id)
            .order_by(Ticket.created_at.desc())
            .limit(MOST_TICKETS)
        )
        return [_status(ticket) for ticket in (await at.tx.scalars(query)).all()]
    ticket = await _ticket(at.tx, number.upper())
    if ticket.customer_id != conversation.customer_id and not await _same_person(at, ticket):
        raise TicketNotFound
    return [_status(ticket)]


async def _same_person(at: Counter, ticket: Ticket) -> bool:
    """Was the ticket's conversation, too, that of the shop customer verified here?"""
    customer = await at.known_customer()
    theirs = await at.tx.get(CommerceIdentity, ticket.conversation_id)
    return customer is not None and theirs is not None and theirs.shop_customer == customer


async def _ticket(tx: Transaction, number: str) -> Ticket:
    ticket = await tx.scalar(select(Ticket).where(Ticket.number == number))
    if ticket is None:
        raise TicketNotFound
    return ticket


def _status(ticket: Ticket) -> TicketStatus:
    first = ticket.description.strip().splitlines()[0]
    return TicketStatus(
        number=ticket.number,
        title=first if len(first) <= TITLE else first[: TITLE - 1] + "…",
        state=ticket.state,
        priority=ticket.priority,
        created_at=ticket.created_at,
        first_response_due_at=ticket.first_response_due_at,
        resolution_due_at=ticket.resolution_due_at,
        last_note=None,
    )
