"""Queries on conversations, messages, turns and labels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.dialects.postgresql import insert

from api.db import Transaction
from api.errors import NotFound
from api.models import Conversation, Customer, Message, Staff, TriageResult, Turn

PAGE = 200
_ANSWERED = ("faq", "suggestions", "task", "ticket")
_NO_JOB = """NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs job WHERE job.status IN ('todo', 'doing')
    AND job.task_name IN ('desk:turn', 'desk:wake')
    AND job.args ->> 'message_id' = turn.message_id::text)"""
_STUCK = """SELECT job.id FROM procrastinate_jobs job WHERE job.status = 'doing'
    AND job.queue_name NOT IN ('learning', 'material') AND (
    SELECT max(event.at) FROM procrastinate_events event
    WHERE event.job_id = job.id AND event.type = 'started') < now() - :age"""


async def get(tx: Transaction, conversation_id: UUID) -> Conversation:
    """The conversation; raises NotFound."""
    conversation = await tx.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound
    return conversation


async def lock(tx: Transaction, conversation_id: UUID) -> Conversation:
    """The conversation, locked until the end of the transaction; raises NotFound."""
    found = await tx.scalar(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def message_by_client_id(
    tx: Transaction, conversation_id: UUID, author: str, client_id: str
) -> Message | None:
    """The message stored earlier under this `client_id`."""
    return await tx.scalar(
        select(Message).where(
            Message.conversation_id == conversation_id,
            Message.author == author,
            Message.client_id == client_id,
        )
    )


def shown_to_customer() -> ColumnElement[bool]:
    """The messages that customers see: no notes of staff, no replies that were never sent."""
    return ~Message.suppressed & ~Message.private


async def messages_after(
    tx: Transaction, conversation_id: UUID, seq: int, *, staff: bool
) -> Sequence[Message]:
    """Messages with a higher `seq`, oldest first, at most a page: what staff or customers see."""
    query = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq > seq)
        .order_by(Message.seq)
        .limit(PAGE)
    )
    if not staff:
        query = query.where(shown_to_customer())
    return (await tx.scalars(query)).all()


async def message(tx: Transaction, conversation_id: UUID, seq: int) -> Message:
    """The message with that `seq`; raises NotFound."""
    query = select(Message).where(Message.conversation_id == conversation_id, Message.seq == seq)
    found = await tx.scalar(query)
    if found is None:
        raise NotFound
    return found


async def recalled(tx: Transaction, conversation_id: UUID, *, staff: bool) -> list[int]:
    """Every `seq` that was taken back, of what staff or customers see."""
    query = select(Message.seq).where(
        Message.conversation_id == conversation_id, Message.recalled_at.is_not(None)
    )
    if not staff:
        query = query.where(shown_to_customer())
    return list((await tx.scalars(query.order_by(Message.seq))).all())


async def latest_messages(tx: Transaction, conversation_id: UUID, limit: int) -> list[Message]:
    """The newest messages the customer can see and that still have their words, oldest first."""
    query = (
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            shown_to_customer(),
            Message.recalled_at.is_(None),
        )
        .order_by(Message.seq.desc())
        .limit(limit)
    )
    return list(reversed((await tx.scalars(query)).all()))


async def pending_message_ids(tx: Transaction, conversation_id: UUID) -> list[UUID]:
    """Customer messages whose turn is not over."""
    query = select(Turn.message_id).where(
        Turn.conversation_id == conversation_id, Turn.state != "done"
    )
    return list((await tx.scalars(query)).all())


async def turns(tx: Transaction, message_ids: Collection[UUID]) -> dict[UUID, Turn]:
    """Turns by message id."""
    query = select(Turn).where(Turn.message_id.in_(message_ids))
    return {turn.message_id: turn for turn in (await tx.scalars(query)).all()}


async def has_answer(tx: Transaction, conversation_id: UUID, since_seq: int) -> bool:
    """Whether the bot has answered something or brought something about, from `since_seq` on."""
    query = (
        select(Turn.message_id)
        .join(Message, Message.id == Turn.message_id)
        .where(
            Turn.conversation_id == conversation_id,
            Turn.outcome.in_(_ANSWERED),
            Message.seq >= since_seq,
        )
    )
    return await tx.scalar(query.limit(1)) is not None


async def told_since(tx: Transaction, conversation_id: UUID, since: datetime) -> bool:
    """Whether the customer has heard after `since` that the bot is away, and still waits for it."""
    query = select(Turn.message_id).where(
        Turn.conversation_id == conversation_id, Turn.state == "told", Turn.created_at > since
    )
    return await tx.scalar(query.limit(1)) is not None


async def triage_results(
    tx: Transaction, message_ids: Collection[UUID]
) -> dict[UUID, TriageResult]:
    """Labels by message id."""
    query = select(TriageResult).where(TriageResult.message_id.in_(message_ids))
    return {result.message_id: result for result in (await tx.scalars(query)).all()}


async def save_triage_result(tx: Transaction, result: TriageResult) -> None:
    """Store the labels of a message in the place of another release's; the same release again
    changes nothing."""
    columns = {
        column.name: getattr(result, column.name)
        for column in TriageResult.__table__.columns
        if column.name != "created_at"
    }
    same = ("message_id", "conversation_id", "stood_before")
    changed = {name: value for name, value in columns.items() if name not in same}
    await tx.execute(
        insert(TriageResult)
        .values(**columns)
        .on_conflict_do_update(
            index_elements=["message_id"],
            set_=changed,
            where=TriageResult.release != result.release,
        )
        .execution_options(synchronize_session=False)
    )


async def stranded_turns(tx: Transaction, before: datetime, limit: int) -> Sequence[Turn]:
    """Turns that are not over and that no job will end, oldest first.

    They wait for the bot to come back (`told`), or their job has failed (`pending` since `before`).
    """
    query = (
        select(Turn)
        .where(
            (Turn.state == "told") | ((Turn.state == "pending") & (Turn.created_at < before)),
            text(_NO_JOB),
        )
        .order_by(Turn.created_at)
        .limit(limit)
    )
    return (await tx.scalars(query)).all()


async def told_before(tx: Transaction, turn: Turn) -> list[UUID]:
    """Earlier messages of the conversation that still wait for the bot, oldest first."""
    query = (
        select(Turn.message_id)
        .where(
            Turn.conversation_id == turn.conversation_id,
            Turn.state == "told",
            Turn.created_at < turn.created_at,
        )
        .order_by(Turn.created_at)
    )
    return list((await tx.scalars(query)).all())


async def ungathered(tx: Transaction, conversation_id: UUID) -> list[tuple[Turn, Message]]:
    """Customer messages that no turn has begun to answer, oldest first."""
    query = (
        select(Turn, Message)
        .join(Message, Message.id == Turn.message_id)
        .where(
            Turn.conversation_id == conversation_id,
            Turn.state == "pending",
            Turn.answered_with.is_(None),
        )
        .order_by(Message.seq)
    )
    return [(row.Turn, row.Message) for row in await tx.execute(query)]


async def gathered_by(tx: Transaction, turn: Turn) -> Sequence[Message]:
    """The messages that `turn` answers, oldest first."""
    query = (
        select(Message)
        .join(Turn, Turn.message_id == Message.id)
        .where(Turn.conversation_id == turn.conversation_id, Turn.answered_with == turn.message_id)
        .order_by(Message.seq)
    )
    return (await tx.scalars(query)).all()


async def buttons_before(tx: Transaction, message: Message) -> set[str]:
    """What the buttons send that the customer saw last before `message`."""
    query = (
        select(Message.buttons)
        .where(
            Message.conversation_id == message.conversation_id,
            Message.seq < message.seq,
            Message.author != "customer",
            shown_to_customer(),
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return {button["text"] for button in await tx.scalar(query) or ()}


async def recent_turns(tx: Transaction, turn: Turn, limit: int) -> Sequence[Turn]:
    """The turns before `turn`, newest first; a message answered with a later one is none."""
    own = select(Message.seq).where(Message.id == turn.message_id).scalar_subquery()
    query = (
        select(Turn)
        .join(Message, Message.id == Turn.message_id)
        .where(
            Turn.conversation_id == turn.conversation_id,
            Message.seq < own,
            Turn.outcome.is_distinct_from("joined"),
        )
        .order_by(Message.seq.desc())
        .limit(limit)
    )
    return (await tx.scalars(query)).all()


async def stuck_jobs(tx: Transaction, seconds: float) -> list[int]:
    """Jobs that a living worker has had for longer than any turn takes; learning takes longer."""
    rows = await tx.execute(text(_STUCK), {"age": timedelta(seconds=seconds)})
    return [row.id for row in rows]


async def staff_names(tx: Transaction, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Display names of staff; None, for nobody, has none."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    query = select(Staff.id, Staff.display_name).where(Staff.id.in_(wanted))
    return {row.id: row.display_name for row in await tx.execute(query)}


async def customers(tx: Transaction, ids: set[UUID]) -> dict[UUID, Customer]:
    """Customers by id."""
    if not ids:
        return {}
    query = select(Customer).where(Customer.id.in_(ids))
    return {customer.id: customer for customer in (await tx.scalars(query)).all()}
