"""What outlives a conversation: call-backs, requests about personal data, how tickets stand."""

from __future__ import annotations

from pydantic_core import to_jsonable_python
from sqlalchemy import select

from api.commerce import acts, identity
from api.commerce.schemas import (
    Acting,
    CallBackRequest,
    CallBackResult,
    PrivacyRequest,
    PrivacyResult,
    TicketStatus,
)
from api.commerce.service import Counter
from api.conversations import repository as conversations
from api.db import Transaction
from api.errors import NotVerified, TicketNotFound
from api.i18n import say
from api.ids import SHOP_TIME, now
from api.models import CommerceIdentity, Conversation, Ticket
from api.tickets import service as tickets
from api.tickets.schemas import TicketKind, TicketRequest

MOST_TICKETS = 5
TITLE = 40


async def call_back(at: Counter, body: CallBackRequest) -> CallBackResult:
    """Open a ticket to call `phone`; a time that has passed means as soon as possible."""
    act = at.act("call-back", body)
    async with at.database.transaction() as tx:
        if (known := await acts.kept(tx, act)) is not None:
            return CallBackResult.model_validate({**known, "created": False})
        wished = body.at if body.at is not None and body.at > now() else None
        when = (
            f"{wished.astimezone(SHOP_TIME):%Y-%m-%d %H:%M}"
            if wished
            else say("ticket.call_back_soon")
        )
        description = say("ticket.call_back", phone=body.phone, at=when, topic=body.topic)
        number = await _open_ticket(tx, body, "call_back", description, body.phone)
        planned = wished or (await _ticket(tx, number)).first_response_due_at
        result = to_jsonable_python({"reference": number, "at": planned})
        created = await acts.keep(tx, act, result)
        return CallBackResult.model_validate({**result, "created": created})


async def request_privacy(at: Counter, body: PrivacyRequest) -> PrivacyResult:
    """Tell the shop, and open a ticket for whoever answers."""
    customer = await at.customer()
    act = at.act("privacy-request", body, body.wish)
    async with at.database.transaction() as tx:
        if (known := await acts.kept(tx, act)) is not None:
            return PrivacyResult.model_validate({**known, "created": False})
    async with at.shop() as shop:
        accepted = await shop.request_privacy(act.key, customer, body.wish, body.note)
    description = say(
        f"ticket.privacy_{body.wish}",
        reference=accepted.reference,
        due_on=accepted.due_on,
        note=body.note,
    )
    async with at.database.transaction() as tx:
        number = await _open_ticket(tx, body, "privacy", description)
        result = to_jsonable_python({"reference": number, "due_on": accepted.due_on})
        created = await acts.keep(tx, act, result)
    return PrivacyResult.model_validate({**result, "created": created})


async def ticket_status(at: Counter, number: str | None) -> list[TicketStatus]:
    """Tickets of this conversation's desk customer, newest first, or the one of `number`.

    A ticket of another desk customer is shown only to the same verified shop customer; raises
    TicketNotFound otherwise.
    """
    async with at.database.transaction() as tx:
        conversation = await conversations.get(tx, at.conversation_id)
        if number is not None:
            return [_status(await _own_ticket(tx, conversation, number.upper()))]
        query = (
            select(Ticket)
            .where(Ticket.customer_id == conversation.customer_id)
            .order_by(Ticket.created_at.desc())
            .limit(MOST_TICKETS)
        )
        return [_status(ticket) for ticket in (await tx.scalars(query)).all()]


async def _own_ticket(tx: Transaction, conversation: Conversation, number: str) -> Ticket:
    """The ticket of that number, of this customer here or at the shop."""
    ticket = await _ticket(tx, number)
    if ticket.customer_id == conversation.customer_id:
        return ticket
    try:
        customer = await identity.verified_customer(tx, conversation.id)
    except NotVerified:
        raise TicketNotFound from None
    theirs = await tx.get(CommerceIdentity, ticket.conversation_id)
    if theirs is None or theirs.shop_customer != customer:
        raise TicketNotFound
    return ticket


async def _open_ticket(
    tx: Transaction, body: Acting, kind: TicketKind, description: str, contact: str | None = None
) -> str:
    """The number of the ticket that the message of `body` opens."""
    request = TicketRequest(
        conversation_id=body.conversation_id,
        message_id=body.message_id,
        kind=kind,
        description=description,
        contact=contact,
    )
    return (await tickets.open_ticket(tx, request)).number


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
    )
