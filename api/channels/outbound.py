"""The outbox: what the desk says to customers on channels that have to be called.

Every message that such a customer is to see leaves a `Delivery` in its own transaction, which also
defers the job that sends it (`api.channels.delivering`). So nothing is said that is not sent, held
or shown as failed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text

from api.channels import sendings
from api.channels.wechat import window
from api.channels.wechat.problems import late_problem_of
from api.db import Transaction
from api.errors import GoneOut, NothingToSend
from api.events import Event
from api.jobs import JobQueue
from api.models import ChannelContact, Conversation, Delivery, Message, Sending

HELD_PROBLEMS = frozenset({"window", "quota", "closed"})
"""What ends when the customer writes again."""
RETRYABLE = ("held", "failed", "unconfirmed")
_STRANDED = """
SELECT DISTINCT found.contact_id FROM (
    SELECT contact_id FROM delivery WHERE state = 'waiting' AND created_at < :before
    UNION ALL
    SELECT contact_id FROM sending WHERE state = 'begun' AND created_at < :before
) AS found
WHERE NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs job
    WHERE job.status IN ('todo', 'doing')
      AND job.task_name IN ('desk:deliver', 'desk:deliver_later')
      AND job.args->>'contact_id' = found.contact_id::text)
LIMIT :most
"""


def leave(tx: Transaction, conversation: Conversation, message: Message) -> None:
    """Leave a new message to be sent, if its customer has to be written to."""
    if conversation.contact_id is None or message.author == "customer":
        return
    if message.private or message.suppressed:
        return
    tx.add(
        Delivery(
            message_id=message.id,
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
            created_at=message.created_at,
        )
    )
    tx.to_deliver(conversation.contact_id)


def before_commit(queue: JobQueue) -> Callable[[Transaction], Awaitable[None]]:
    """Defers one job for each contact that a transaction leaves something for."""

    async def defer(tx: Transaction) -> None:
        for contact_id in tx.take_to_deliver():
            await queue.defer_deliver(tx, contact_id)

    return defer


async def take_back(tx: Transaction, message: Message) -> None:
    """A message is recalled: it does not go out any more.

    Raises GoneOut for what the customer has on WeChat, or may have: an agent must go on seeing it.
    """
    delivery = await _locked(tx, message.id)
    if delivery is None or delivery.state in ("failed", "dropped"):
        return
    calls = await sendings.since(tx, delivery.contact_id, [delivery])
    begun = sendings.progress([delivery], calls)[message.id].end > 0
    if begun or delivery.state not in window.OPEN_STATES:
        raise GoneOut
    settle(tx, delivery, "dropped")


async def retry(tx: Transaction, message: Message, at: datetime) -> Delivery:
    """Send once more what is held, has failed or may have arrived, because somebody decided so.

    What of it surely arrived, up to the first part that may not have, is not repeated.
    Raises NothingToSend for anything else.
    """
    delivery = await _locked(tx, message.id)
    if delivery is None or delivery.state not in RETRYABLE or message.recalled_at is not None:
        raise NothingToSend
    if delivery.state != "held":
        delivery.created_at = at  # after what waits already
    delivery.state, delivery.problem, delivery.code = "waiting", None, None
    delivery.settled_at = None
    tx.to_deliver(delivery.contact_id)
    tx.emit(Event("message", str(delivery.conversation_id)))
    return delivery


async def wake(tx: Transaction, account_id: UUID) -> None:
    """An account was put right: what was held because of it goes out."""
    query = (
        select(Delivery.contact_id)
        .join(ChannelContact, ChannelContact.id == Delivery.contact_id)
        .where(
            ChannelContact.account_id == account_id,
            Delivery.state == "held",
            Delivery.problem == "account",
        )
        .distinct()
    )
    for contact_id in (await tx.scalars(query)).all():
        tx.to_deliver(contact_id)


async def failed_late(tx: Transaction, msgid: str, fail_type: int) -> None:
    """微信客服 says that a message it took was not delivered after all (`msg_send_fail`).

    What the window or the quota held back goes out when the customer writes again; the rest has
    failed. A `msgid` that is not one of ours changes nothing.
    """
    try:
        sending_id = UUID(hex=msgid)
    except ValueError:
        return
    if await tx.get(Sending, sending_id) is None:
        return
    contact = await window.lock_of(tx, sending_id)
    sending = await tx.get_one(
        Sending, sending_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if sending.state == "failed":
        return
    problem = late_problem_of(fail_type)
    sending.state, sending.code = "failed", fail_type
    if problem in HELD_PROBLEMS and window.wrote_since(contact, sending.created_at):
        tx.to_deliver(contact.id)
    elif problem in HELD_PROBLEMS:
        window.write(contact, await window.none_left(tx, contact, problem))
    ids = [UUID(each) for each in sending.message_ids]
    query = select(Delivery).where(Delivery.message_id.in_(ids)).with_for_update(key_share=True)
    for delivery in (await tx.scalars(query)).all():
        settle(tx, delivery, "held" if problem in HELD_PROBLEMS else "failed", problem, fail_type)


def settle(
    tx: Transaction,
    delivery: Delivery,
    state: str,
    problem: str | None = None,
    code: int | None = None,
    at: datetime | None = None,
) -> None:
    """Say what became of a delivery; consoles that show it are told."""
    if (delivery.state, delivery.problem, delivery.code) == (state, problem, code):
        return
    delivery.state, delivery.problem, delivery.code = state, problem, code
    delivery.settled_at = at
    tx.emit(Event("message", str(delivery.conversation_id)))


async def stranded(tx: Transaction, at: datetime, after: timedelta, most: int) -> list[UUID]:
    """Contacts with something to send that no job will see to, since longer than `after`."""
    rows = await tx.execute(text(_STRANDED), {"before": at - after, "most": most})
    return [row.contact_id for row in rows]


async def _locked(tx: Transaction, message_id: UUID) -> Delivery | None:
    await tx.flush()
    query = (
        select(Delivery)
        .where(Delivery.message_id == message_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return await tx.scalar(query)
