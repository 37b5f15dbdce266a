"""A customer is erased on request (norms §7): what goes and what stays says `api.customers.erased`.

One transaction takes everything out of the database, the bot's memory included. Lines of the files
that releases were trained on go before its commit, since taking them out twice is harmless; bytes
of attachments go after it (`drop_files`), and `api.attachments.pruning` finds what a crash leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import or_, select, text, update

from api.attachments.service import LOCK
from api.attachments.storage import FileStore
from api.audit import service as audit
from api.auth.service import SignedIn
from api.commerce.masking import mask_numbers
from api.commerce.once import serialise
from api.conversations.service import change_state
from api.customers import erased_rows, repository
from api.customers.erased_rows import File, Scope
from api.customers.schemas import ErasureWish
from api.db import Database, Transaction
from api.deadlines import service as deadlines
from api.errors import CustomerInUse, ErasureNotConfirmed, TrainingRuns
from api.events import Event
from api.ids import now
from api.knowledge import repository as knowledge
from api.learning.material import erasure as material
from api.learning.material import release_files, seeding
from api.learning.review import erasure as review
from api.learning.review import items
from api.learning.runs import folders
from api.models import (
    Attachment,
    ChannelContact,
    Conversation,
    Customer,
    CustomerIdentity,
    FollowUp,
    Release,
    Ticket,
    TrainingRun,
    Turn,
)
from api.settings import Settings
from api.tickets import workflow
from api.tickets.family import ONE_AT_A_TIME
from triage.ownership import State
from triage.tickets import DONE, TicketState

_WITH_PEOPLE = (State.QUEUED, State.ACTIVE, State.WRAP_UP)
_NO_TRAINING = text("LOCK TABLE training_run IN SHARE ROW EXCLUSIVE MODE")
"""None begins until the end of the transaction: it would learn the words once more."""
_BUSY = text("""
    SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'
    AND (args ->> 'message_id' = ANY(:messages) OR args ->> 'contact_id' = ANY(:contacts))
    LIMIT 1""")
_FORGET_JOBS = text("""
    DELETE FROM procrastinate_jobs WHERE status <> 'doing'
    AND (args ->> 'message_id' = ANY(:messages) OR args ->> 'contact_id' = ANY(:contacts))""")
_BOT_REMEMBERS = text("SELECT to_regclass('rasa.events') IS NOT NULL")
_FORGET_TALKS = text("""
    DELETE FROM rasa.events WHERE sender_id IN (
        SELECT conversation.id::text FROM conversation
        JOIN customer ON customer.id = conversation.customer_id
        WHERE customer.erased_at > now() - make_interval(days => :days))""")
_SWEPT_DAYS = 2
_FRESH = {"populate_existing": True}


@dataclass(frozen=True, slots=True)
class Erased:
    """What was taken out; `customer_id` of a merged record is the one it became."""

    customer_id: UUID
    lines: int = 0
    """Training lines and questions of the knowledge base."""
    releases: Sequence[int] = ()
    """Releases that had learned some of them; their models know them still."""
    files: Sequence[File] = field(default=())
    """To be deleted after the commit."""


async def erase(
    tx: Transaction,
    settings: Settings,
    staff: SignedIn,
    customer_id: UUID,
    wish: ErasureWish,
    address: str | None = None,
) -> Erased:
    """Take everything that names a customer out of the desk; again changes nothing.

    Conversations with the bot and resolved tickets are closed. Raises NotFound,
    ErasureNotConfirmed when another name was typed, TrainingRuns, and CustomerInUse while people
    are at work on something of theirs.
    """
    await _hold_learning(tx)
    await tx.execute(ONE_AT_A_TIME)
    customer = await repository.current(tx, customer_id, lock=True)
    if customer.erased_at is not None:
        return Erased(customer.id)
    name = customer.display_name
    if wish.confirm != name:
        raise ErasureNotConfirmed
    scope = await _scope(tx, customer.id)
    await _check_unused(tx, scope)
    await _close(tx, staff, scope)
    lines, releases = await _forget_learned(tx, settings, scope)
    files = await erased_rows.take_files(tx, scope)
    await erased_rows.take_rows(tx, scope)
    await _let_go(tx, scope)
    await erased_rows.empty(tx, scope)
    await forget_talks(tx)
    reason = mask_numbers(" ".join(wish.reason.replace(name, "***").split()))
    counts = {
        "conversations": len(scope.conversations),
        "tickets": len(scope.tickets),
        "files": len(files),
        "lines": lines,
    }
    data = {"reason": reason, **counts}
    await audit.record(tx, staff, "customer_erased", "customer", customer.id, data, address)
    await tx.flush()
    tx.expunge_all()
    return Erased(customer.id, lines, releases, files)


async def drop_files(database: Database, settings: Settings, files: Collection[File]) -> None:
    """Delete the bytes of files that no row names, after the commit.

    What was sent up again meanwhile is left to `api.attachments.pruning`.
    """
    store = FileStore(settings.files)
    for file in files:
        async with database.transaction() as tx:
            await tx.execute(LOCK, {"sha256": file.sha256})
            named = select(Attachment.id).where(Attachment.sha256 == file.sha256).limit(1)
            if await tx.scalar(named) is None:
                store.drop(file.sha256, written_before=file.stored_before)


async def forget_talks(tx: Transaction) -> None:
    """The bot forgets its conversations with customers who were erased of late: also what a turn
    that was under way has written since."""
    if await tx.scalar(_BOT_REMEMBERS):
        await tx.execute(_FORGET_TALKS, {"days": _SWEPT_DAYS})


async def _hold_learning(tx: Transaction) -> None:
    """Nobody trains, and nobody changes what is learned from. Raises TrainingRuns."""
    await tx.execute(_NO_TRAINING)
    under_way = TrainingRun.state.in_(("queued", "running"))
    run = await tx.scalar(select(TrainingRun.id).where(under_way))
    if run is not None:
        raise TrainingRuns(run=str(run))
    await knowledge.one_writer(tx)
    await serialise(tx, seeding.LOCK)
    await serialise(tx, items.LOCK)


async def _scope(tx: Transaction, customer_id: UUID) -> Scope:
    """What is the customer's, locked in the order of docs/architecture.md §15."""
    people = [customer_id]
    found: Sequence[UUID] = people
    while found:
        parts = select(Customer.id).where(Customer.merged_into_id.in_(found)).order_by(Customer.id)
        found = (await tx.scalars(parts.with_for_update(key_share=True))).all()
        people += found
    talks = select(Conversation.id).where(Conversation.customer_id.in_(people))
    tickets = select(Ticket.id).where(Ticket.customer_id.in_(people))
    contacts = (
        select(ChannelContact.id)
        .join(CustomerIdentity, CustomerIdentity.id == ChannelContact.identity_id)
        .where(CustomerIdentity.customer_id.in_(people))
    )
    return Scope(
        customers=people,
        conversations=(
            await tx.scalars(talks.order_by(Conversation.id).with_for_update(key_share=True))
        ).all(),
        tickets=(
            await tx.scalars(tickets.order_by(Ticket.id).with_for_update(key_share=True))
        ).all(),
        contacts=(
            await tx.scalars(
                contacts.order_by(ChannelContact.id).with_for_update(
                    key_share=True, of=ChannelContact
                )
            )
        ).all(),
    )


async def _check_unused(tx: Transaction, scope: Scope) -> None:
    """Raises CustomerInUse, which names what is to be ended first."""
    talks = select(Conversation.id).where(
        Conversation.id.in_(scope.conversations), Conversation.state.in_(_WITH_PEOPLE)
    )
    at_hand = (await tx.scalars(talks.order_by(Conversation.id))).all()
    tickets = select(Ticket.number).where(
        Ticket.id.in_(scope.tickets), Ticket.state.not_in(DONE), Ticket.merged_into_id.is_(None)
    )
    undone = (await tx.scalars(tickets.order_by(Ticket.number))).all()
    if at_hand or undone:
        raise CustomerInUse(
            reason="at_work", conversations=[str(each) for each in at_hand], tickets=list(undone)
        )
    if await tx.scalar(_BUSY, await _keys(tx, scope)) is not None:
        raise CustomerInUse(reason="busy", conversations=[], tickets=[])


async def _keys(tx: Transaction, scope: Scope) -> dict[str, list[str]]:
    """What jobs call the customer's messages and contacts."""
    messages = [str(each) for each in (await tx.scalars(scope.messages)).all()]
    return {"messages": messages, "contacts": [str(each) for each in scope.contacts]}


async def _close(tx: Transaction, staff: SignedIn, scope: Scope) -> None:
    """Nothing is waited for any more, and nobody is to be asked how it was."""
    moment = now()
    await tx.execute(_FORGET_JOBS, await _keys(tx, scope))
    await tx.execute(
        update(Turn)
        .where(Turn.conversation_id.in_(scope.conversations), Turn.state != "done")
        .values(state="done", finished_at=moment)
        .execution_options(synchronize_session=False)
    )
    talks = select(Conversation).where(Conversation.id.in_(scope.conversations))
    for conversation in (await tx.scalars(talks, execution_options=_FRESH)).all():
        if conversation.state != State.CLOSED:
            change_state(tx, conversation, State.CLOSED)
        await deadlines.cancel(tx, conversation.id)
        # pages that are open find that they lead nowhere any more
        tx.emit(Event("conversation", str(conversation.id), {"moved": ""}))
    tickets = select(Ticket).where(
        Ticket.id.in_(scope.tickets), Ticket.state == TicketState.RESOLVED
    )
    for ticket in (await tx.scalars(tickets, execution_options=_FRESH)).all():
        await workflow.enter(tx, ticket, staff, TicketState.CLOSED)
    asked = select(FollowUp).where(
        FollowUp.customer_id.in_(scope.customers), FollowUp.done_at.is_(None)
    )
    for task in (await tx.scalars(asked, execution_options=_FRESH)).all():
        await deadlines.cancel(tx, task.id)
        await tx.delete(task)
    await tx.flush()


async def _forget_learned(
    tx: Transaction, settings: Settings, scope: Scope
) -> tuple[int, list[int]]:
    """How many lines and questions were forgotten, and the releases that had learned some."""
    words = release_files.Words()
    for customer_id in scope.customers:
        words.lines |= await material.lines_of(tx, customer_id)
        words.questions |= await review.questions_of(tx, customer_id)
    for customer_id in scope.customers:
        await review.forget(tx, customer_id)
        await material.forget(tx, customer_id)
    if not words:
        return 0, []
    numbers = (await tx.scalars(select(Release.number))).all()
    folders.sweep(settings.releases, numbers)
    taken = await asyncio.to_thread(release_files.take_out, settings.releases, words)
    for number, count in taken.items():
        await tx.execute(update(Release).where(Release.number == number).values(erased_lines=count))
    return len(words.lines) + len(words.questions), sorted(taken)


async def _let_go(tx: Transaction, scope: Scope) -> None:
    """No channel leads to the customer any more, and nothing proves who they were."""
    led = or_(Conversation.id.in_(scope.conversations), Conversation.contact_id.in_(scope.contacts))
    for statement in (
        update(Conversation).where(led).values(contact_id=None),
        update(ChannelContact)
        .where(ChannelContact.id.in_(scope.contacts))
        .values(subscribed=False, message_at=None, tap_at=None),
        update(CustomerIdentity)
        .where(CustomerIdentity.customer_id.in_(scope.customers))
        .values(verified_at=None),
        update(Customer)
        .where(Customer.id.in_(scope.customers))
        .values(erased_at=now(), verified_at=None, version=Customer.version + 1),
    ):
        await tx.execute(statement.execution_options(synchronize_session=False))
