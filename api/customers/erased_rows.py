"""Carries out what `api.customers.erased` says, on the rows of one customer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    update,
)

from api.customers import erased
from api.customers.erased import EMPTIED, Blank, Value
from api.db import Transaction
from api.i18n import say
from api.models import (
    Alert,
    Attachment,
    ChannelContact,
    ChecklistItem,
    CommerceAct,
    CommerceIdentity,
    ComplaintStep,
    Conversation,
    Customer,
    CustomerIdentity,
    CustomerMerge,
    CustomerNote,
    Deadline,
    Delivery,
    EarlierRating,
    FollowUp,
    Handoff,
    Incident,
    IncidentStep,
    JoinCode,
    Message,
    Notification,
    Reminder,
    SearchEntry,
    Sending,
    SubscriptionGrant,
    Ticket,
    TicketEvent,
    TicketNote,
    TriageResult,
    Turn,
    VisitorSession,
    WrapUp,
)
from api.models.base import Base, JsonObject

_MAY_CHANGE = text("SELECT set_config('fenzhen.erasing', 'on', true)")
"""Until the end of the transaction hops and histories let go of their words, and of nothing else
(migration 0017)."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that is the customer's, parts that were merged into them included."""

    customers: Collection[UUID]
    conversations: Collection[UUID]
    tickets: Collection[UUID]
    contacts: Collection[UUID]

    @property
    def messages(self) -> Select[UUID]:
        """Ids of all messages."""
        return select(Message.id).where(Message.conversation_id.in_(self.conversations))


@dataclass(frozen=True, slots=True)
class File:
    """A file that no row of the customer's names any more."""

    sha256: str
    stored_before: float
    """When the last of those rows was written, seconds since 1970."""


async def take_files(tx: Transaction, scope: Scope) -> list[File]:
    """Delete the rows of files; what they named is given, to be deleted after the commit."""
    theirs = or_(
        Attachment.conversation_id.in_(scope.conversations),
        Attachment.message_id.in_(scope.messages),
        Attachment.ticket_id.in_(scope.tickets),
    )
    gone = await tx.execute(
        delete(Attachment).where(theirs).returning(Attachment.sha256, Attachment.created_at)
    )
    newest: dict[str, float] = {}
    for sha256, created_at in gone.all():
        newest[sha256] = max(created_at.timestamp(), newest.get(sha256, 0.0))
    return [File(sha256, moment) for sha256, moment in sorted(newest.items())]


async def take_rows(tx: Transaction, scope: Scope) -> None:
    """Delete what goes as a whole."""
    here, people = scope.conversations, scope.customers
    found = {
        "message": scope.messages,
        "ticket": select(Ticket.id).where(Ticket.id.in_(scope.tickets)),
        "customer": select(Customer.id).where(Customer.id.in_(people)),
    }
    for kind, ids in found.items():
        one = (SearchEntry.kind == kind) & SearchEntry.subject_id.in_(ids)
        await tx.execute(delete(SearchEntry).where(one))
    owned: list[tuple[type[Base], ColumnElement[bool]]] = [
        (CommerceAct, CommerceAct.conversation_id.in_(here)),
        (CommerceIdentity, CommerceIdentity.conversation_id.in_(here)),
        (CustomerNote, CustomerNote.customer_id.in_(people)),
        (
            JoinCode,
            JoinCode.conversation_id.in_(here) | JoinCode.contact_id.in_(scope.contacts),
        ),
        (Reminder, Reminder.conversation_id.in_(here)),
        (SubscriptionGrant, SubscriptionGrant.contact_id.in_(scope.contacts)),
        (
            VisitorSession,
            VisitorSession.customer_id.in_(people) | VisitorSession.conversation_id.in_(here),
        ),
    ]
    for table, which in owned:
        await tx.execute(delete(table).where(which))


async def empty(tx: Transaction, scope: Scope) -> None:
    """Take the words out of the rows that stay."""
    await tx.flush()
    await tx.execute(_MAY_CHANGE)
    incidents = await _incidents(tx, scope)
    for table, which in _plain(scope, incidents):
        changed = update(table).where(which).values(_values(table))
        await tx.execute(changed.execution_options(synchronize_session=False))
    await _empty_parts(tx, scope, incidents)
    await tx.execute(
        update(Delivery)
        .where(Delivery.contact_id.in_(scope.contacts), Delivery.state.in_(("waiting", "held")))
        .values(state="dropped")
        .execution_options(synchronize_session=False)
    )


def _plain(
    scope: Scope, incidents: Collection[UUID]
) -> list[tuple[type[Base], ColumnElement[bool]]]:
    here, tickets, people = scope.conversations, scope.tickets, scope.customers
    return [
        (ChannelContact, ChannelContact.id.in_(scope.contacts)),
        (ChecklistItem, ChecklistItem.ticket_id.in_(tickets)),
        (ComplaintStep, ComplaintStep.ticket_id.in_(tickets)),
        (Conversation, Conversation.id.in_(here)),
        (Customer, Customer.id.in_(people)),
        (CustomerIdentity, CustomerIdentity.customer_id.in_(people)),
        (
            CustomerMerge,
            CustomerMerge.source_id.in_(people) | CustomerMerge.target_id.in_(people),
        ),
        (EarlierRating, EarlierRating.conversation_id.in_(here)),
        (FollowUp, FollowUp.customer_id.in_(people)),
        (Handoff, Handoff.conversation_id.in_(here)),
        (Incident, Incident.id.in_(incidents)),
        (IncidentStep, IncidentStep.incident_id.in_(incidents)),
        (Message, Message.conversation_id.in_(here)),
        (Sending, Sending.contact_id.in_(scope.contacts)),
        (Ticket, Ticket.id.in_(tickets)),
        (TicketNote, TicketNote.ticket_id.in_(tickets)),
        (Turn, Turn.conversation_id.in_(here)),
        (WrapUp, WrapUp.conversation_id.in_(here)),
    ]


async def _empty_parts(tx: Transaction, scope: Scope, incidents: Collection[UUID]) -> None:
    words, name = say("erased.words"), say("erased.customer")
    subjects = await _subjects(tx, scope, incidents)
    await _rewrite(
        tx,
        select(Handoff).where(Handoff.conversation_id.in_(scope.conversations)),
        "packet",
        lambda row: erased.packet(row.packet, words, name),
    )
    await _rewrite(
        tx,
        select(TicketEvent).where(TicketEvent.ticket_id.in_(scope.tickets)),
        "data",
        lambda row: erased.event(row.kind, row.data, words),
    )
    of_messages = TriageResult.conversation_id.in_(scope.conversations)
    for query in (
        select(TriageResult).where(of_messages),
        select(Ticket).where(Ticket.id.in_(scope.tickets)),
    ):
        await _rewrite(tx, query, "labels", lambda row: erased.labels(row.labels))
    for said in (
        select(Alert).where(Alert.subject_id.in_(subjects)),
        select(Notification).where(Notification.subject_id.in_(subjects)),
    ):
        await _rewrite(tx, said, "data", lambda row: erased.told(row.data, words))


async def _rewrite(
    tx: Transaction, query: Select[Any], column: str, made: Callable[[Any], JsonObject]
) -> None:
    """Set the column of each row to what is made of the row."""
    rows = await tx.scalars(query.execution_options(populate_existing=True))
    for row in rows.all():
        setattr(row, column, made(row))
    await tx.flush()


async def _incidents(tx: Transaction, scope: Scope) -> list[UUID]:
    """Those of single conversations or tickets; what many had in common names nobody."""
    tickets = [f"p1:{ticket_id}" for ticket_id in scope.tickets]
    query = select(Incident.id).where(
        or_(
            Incident.conversation_id.in_(scope.conversations),
            Incident.ticket_id.in_(scope.tickets),
            Incident.cause.in_(tickets),
        )
    )
    return list((await tx.scalars(query)).all())


async def _subjects(tx: Transaction, scope: Scope, incidents: Collection[UUID]) -> list[UUID]:
    """What people may have been told of: the customer's things, and the clocks of those."""
    asked = select(FollowUp.id).where(FollowUp.customer_id.in_(scope.customers))
    things = [
        *scope.conversations,
        *scope.tickets,
        *incidents,
        *(await tx.scalars(asked)).all(),
    ]
    clocks = select(Deadline.id).where(Deadline.subject_id.in_(things))
    return [*things, *(await tx.scalars(clocks)).all()]


def _values(table: type[Base]) -> dict[str, Any]:
    columns: Table = table.metadata.tables[table.__tablename__]
    return {
        name: _value(columns, name, value)
        for name, value in EMPTIED[table.__tablename__].items()
        if value is not Blank.PARTS
    }


def _value(columns: Table, name: str, value: Value) -> Any:
    match value:
        case Blank.WORDS:
            column = columns.c[name]
            empty = column.is_(None) | (column == "")
            return case((empty, column), else_=literal(say("erased.words")))
        case Blank.NAME:
            return say("erased.customer")
        case Blank.OWN_ID:
            return func.concat("erased:", cast(columns.c.id, String))
        case None | str():
            return value
        case tuple():
            return []
        case _:
            return dict(value)
