"""Opening tickets: by the bot, from the queue, by staff."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from api.auth.service import Role, SignedIn
from api.commerce.once import serialise
from api.conversations import access
from api.conversations import repository as conversations
from api.customers import repository as customers
from api.db import Transaction
from api.errors import NotOwner, P1Protected
from api.i18n import say
from api.ids import new_id
from api.models import Conversation, Customer, Message, Ticket
from api.search import service as search
from api.settings import Settings
from api.tickets import changes, clocks, contacts, creating, prefill, telling
from api.tickets.bodies import NewTicket, OrderAndContact, TicketRequest
from api.tickets.creating import Draft
from api.tickets.schemas import TicketResult
from triage.ownership import State, may_file
from triage.tickets import may_set_priority

_LAST_WORDS = 5
"""Customer messages that describe a ticket when nobody wrote a description."""
_LONGEST = 4000


async def open_ticket(tx: Transaction, request: TicketRequest) -> TicketResult:
    """Open a ticket for the bot; the same conversation, message and kind give the same one.

    Raises NotFound for an unknown conversation.
    """
    conversation = await conversations.lock(tx, request.conversation_id)
    cause = f"{request.conversation_id}:{request.message_id}:{request.kind}"
    ticket = await creating.known(tx, cause)
    if ticket is not None:
        return await _result(tx, ticket, created=False)
    draft = Draft(
        cause=cause,
        source="bot",
        kind=request.kind,
        customer_id=conversation.customer_id,
        conversation_id=conversation.id,
        description=request.description,
        order_number=request.order_number,
        contact=request.contact,
    )
    return await _result(tx, await creating.create(tx, draft, None), created=True)


async def open_from_queue(
    tx: Transaction,
    settings: Settings,
    conversation: Conversation,
    text: str | None,
    contact: str | None,
) -> Ticket:
    """A ticket for a customer nobody is free for; one a stay in the queue.

    `conversation` is locked by the caller, who also moves its state and announces the ticket
    (`telling.tell_customer`). Without `text` the customer's last messages describe it; without
    `contact` it is the one they have told. Raises ContactUnreadable.
    """
    since = conversation.queued_at or conversation.created_at
    cause = f"{conversation.id}:queue:{since.isoformat()}"
    ticket = await creating.known(tx, cause)
    if ticket is not None:
        return ticket
    known = await prefill.told(tx, settings, conversation)
    draft = Draft(
        cause=cause,
        source="queue",
        kind="request",
        customer_id=conversation.customer_id,
        conversation_id=conversation.id,
        description=text or await _last_words(tx, conversation.id),
        category=conversation.category,
        at_least=conversation.priority,
        order_number=known.order_number,
        contact=contacts.normalised(contact) if contact else known.contact,
    )
    return await creating.create(tx, draft, None)


async def open_from_conversation(
    tx: Transaction,
    settings: Settings,
    staff: SignedIn,
    conversation: Conversation,
    title: str | None,
    description: str | None,
    given: OrderAndContact,
) -> Ticket:
    """A ticket that an agent makes of a conversation, and works on from then on.

    `conversation` is locked by the caller, who also announces the ticket. Raises ContactUnreadable.
    """
    known = prefill.settled(await prefill.told(tx, settings, conversation), given)
    draft = Draft(
        cause=f"{conversation.id}:{staff.id}:{new_id()}",
        source="conversation",
        kind="request",
        customer_id=conversation.customer_id,
        conversation_id=conversation.id,
        title=title,
        description=description or await _last_words(tx, conversation.id),
        category=conversation.category,
        at_least=conversation.priority,
        order_number=known.order_number,
        contact=known.contact,
    )
    ticket = await creating.create(tx, draft, staff)
    await changes.assign(tx, ticket, staff, staff.id)
    return ticket


async def open_by_staff(
    tx: Transaction, settings: Settings, staff: SignedIn, body: NewTicket
) -> Ticket:
    """A ticket that staff file; the same `client_id` again gives the first one.

    The customer is told in the conversation it is made of, if it is.

    Raises NotFound for an unknown customer, conversation or team, UnknownStaff for the assignee,
    NotOwner for a conversation that another agent has, ContactUnreadable, and P1Protected for less
    than its P1.
    """
    cause = f"form:{staff.id}:{body.client_id or new_id()}"
    await serialise(tx, cause)
    ticket = await creating.known(tx, cause)
    if ticket is not None:
        return ticket
    conversation = await _conversation(tx, staff, body.conversation_id)
    customer_id = conversation.customer_id if conversation else await _customer(tx, body)
    at_least = conversation.priority if conversation else None
    told = prefill.NOTHING_TOLD
    if conversation is not None:
        told = await prefill.told(tx, settings, conversation)
    known = prefill.settled(told, body)
    draft = Draft(
        cause=cause,
        source="conversation" if body.conversation_id else body.source,
        kind=body.kind,
        customer_id=customer_id,
        conversation_id=body.conversation_id,
        title=body.title,
        description=body.description,
        category=body.category,
        nature=body.nature,
        impact=body.impact,
        urgency=body.urgency,
        priority=body.priority,
        at_least=at_least,
        order_number=known.order_number,
        contact=known.contact,
        tags=tuple(body.tags),
    )
    ticket = await creating.create(tx, draft, staff)
    _require_urgent_enough(staff, ticket, at_least)
    if body.assignee_id is not None:
        await changes.assign(tx, ticket, staff, body.assignee_id)
    if body.team_id is not None:
        await changes.give_to_team(tx, ticket, staff, body.team_id)
    await telling.tell_customer(tx, settings, ticket, "ticket_opened")
    return ticket


def _require_urgent_enough(staff: SignedIn, ticket: Ticket, conversation: str | None) -> None:
    leads = staff.role.covers(Role.SUPERVISOR)
    if not may_set_priority(conversation or ticket.priority, ticket.priority, leads=leads):
        raise P1Protected


async def _conversation(
    tx: Transaction, staff: SignedIn, conversation_id: UUID | None
) -> Conversation | None:
    if conversation_id is None:
        return None
    found = await access.find(tx, staff, conversation_id, lock=True)
    leads = staff.role.covers(Role.SUPERVISOR)
    if not may_file(State(found.state), found.owner_id, staff.id, leads=leads):
        raise NotOwner
    return found


async def _customer(tx: Transaction, body: NewTicket) -> UUID:
    if body.customer is not None:
        customer = Customer(id=new_id(), display_name=body.customer.display_name)
        tx.add(customer)
        await tx.flush()
        await search.touch_customer(tx, customer)
        return customer.id
    assert body.customer_id is not None
    return (await customers.current(tx, body.customer_id, lock=True)).id


async def _last_words(tx: Transaction, conversation_id: UUID) -> str:
    query = (
        select(Message.text)
        .where(Message.conversation_id == conversation_id, Message.author == "customer")
        .order_by(Message.seq.desc())
        .limit(_LAST_WORDS)
    )
    said = list((await tx.scalars(query)).all())
    return "\n".join(reversed(said))[:_LONGEST] or say("ticket.nothing_said")


async def _result(tx: Transaction, ticket: Ticket, *, created: bool) -> TicketResult:
    due = await clocks.answer_due(tx, ticket)
    minutes = round((due - ticket.created_at).total_seconds() / 60)
    return TicketResult(
        number=ticket.number,
        priority=ticket.priority,
        first_response_minutes=minutes,
        first_response_due_at=due,
        created=created,
    )
