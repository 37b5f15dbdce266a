"""What a packet says beside the conversation's own words: customer, hops, tickets, deadlines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from api.conversations import repository as conversations
from api.db import Transaction
from api.deadlines import service as deadlines
from api.i18n import say, texts
from api.models import Conversation, Customer, Deadline, Handoff, Ticket
from api.tickets.access import visible
from triage import packet
from triage.tickets import TicketState
from triage.visibility import Viewer

_AGENT = "agent:"
MOVES = frozenset(
    {
        *("routed", "taken", "taken_over", "assigned", "transfer", "declined", "agent_lost"),
        "abandoned",
    }
)
"""Reasons that say who has a conversation, not why a person is needed."""

_ENDED = (TicketState.RESOLVED, TicketState.CLOSED)


@dataclass(frozen=True, slots=True)
class Background:
    """Parts of a packet."""

    customer: packet.Customer
    responsible: packet.Person | None
    hops: tuple[packet.EarlierHop, ...]
    deadlines: tuple[packet.Deadline, ...]
    asked: str | None
    """Why a person is needed: the reason of the newest hop that says so."""


async def read(tx: Transaction, conversation: Conversation) -> Background:
    """The background of `conversation` as it is in this transaction."""
    query = select(Handoff).where(Handoff.conversation_id == conversation.id).order_by(Handoff.hop)
    hops = (await tx.scalars(query)).all()
    tickets = await _open_tickets(tx, conversation)
    responsible = conversation.responsible_id
    names = await conversations.staff_names(tx, {*_people(hops), responsible})
    return Background(
        customer=await _customer(tx, conversation, tickets),
        responsible=packet.Person(str(responsible), names.get(responsible, ""))
        if responsible
        else None,
        hops=tuple(_hop(hop, names) for hop in hops),
        deadlines=tuple(await _deadlines(tx, conversation, tickets)),
        asked=next((hop.reason for hop in reversed(hops) if hop.reason not in MOVES), None),
    )


async def tickets_seen(tx: Transaction, viewer: Viewer, numbers: Collection[str]) -> set[str]:
    """Which of the tickets of these numbers `viewer` may see."""
    query = select(Ticket.number).where(Ticket.number.in_(numbers), visible(viewer))
    return set((await tx.scalars(query)).all())


async def _open_tickets(tx: Transaction, conversation: Conversation) -> Sequence[Ticket]:
    query = (
        select(Ticket)
        .where(Ticket.customer_id == conversation.customer_id, Ticket.state.not_in(_ENDED))
        .order_by(Ticket.created_at)
    )
    return (await tx.scalars(query)).all()


async def _customer(
    tx: Transaction, conversation: Conversation, tickets: Sequence[Ticket]
) -> packet.Customer:
    customer = await tx.get_one(Customer, conversation.customer_id)
    count = await tx.scalar(
        select(func.count()).where(Conversation.customer_id == conversation.customer_id)
    )
    return packet.Customer(
        id=str(customer.id),
        display_name=customer.display_name,
        tier=customer.tier,
        channel=conversation.channel,
        conversations=count or 0,
        open_tickets=tuple(
            packet.OpenTicket(
                ticket.number, ticket.category, ticket.state, ticket.title, ticket.priority
            )
            for ticket in tickets
        ),
        verified_at=customer.verified_at,
    )


async def _deadlines(
    tx: Transaction, conversation: Conversation, tickets: Sequence[Ticket]
) -> list[packet.Deadline]:
    """Those that run, of the conversation and of the customer's tickets; due first comes first."""
    numbers = {ticket.id: ticket.number for ticket in tickets}
    running = await deadlines.of(tx, [conversation.id, *numbers], running=True)
    found = [
        _deadline(row, numbers.get(row.subject_id, ""))
        for rows in running.values()
        for row in rows
        if row.due_at is not None
    ]
    return sorted(found, key=lambda each: each.due_at)


def _deadline(row: Deadline, ticket: str) -> packet.Deadline:
    title = texts("zh").get(f"deadline.{row.kind}", row.kind)
    assert row.due_at is not None
    return packet.Deadline(row.kind, title, row.due_at, ticket, row.breached_at is not None)


def _people(hops: Iterable[Handoff]) -> set[UUID]:
    owners = {owner for hop in hops for owner in (hop.from_owner, hop.to_owner)}
    return {UUID(owner.removeprefix(_AGENT)) for owner in owners if owner.startswith(_AGENT)}


def _hop(hop: Handoff, names: Mapping[UUID, str]) -> packet.EarlierHop:
    return packet.EarlierHop(
        hop=hop.hop,
        source=_name(hop.from_owner, names),
        target=_name(hop.to_owner, names),
        reason=texts("zh").get(f"reason.{hop.reason}", hop.reason),
        note=hop.note,
        created_at=hop.created_at,
    )


def _name(owner: str, names: Mapping[UUID, str]) -> str:
    """An owner in words: a person's name, 「智能客服」, 「人工队列」."""
    if owner.startswith(_AGENT):
        return names.get(UUID(owner.removeprefix(_AGENT)), "")
    if owner == "bot":
        return say("author.bot")
    return say("author.queue") if owner == "queue" else owner
