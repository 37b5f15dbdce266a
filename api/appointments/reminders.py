"""Reminders of visits, sent into the conversation they were booked in, each once (norms §5)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from api.conversations import repository as conversations
from api.conversations.service import append
from api.db import Database, Transaction
from api.i18n import LANGUAGES, say
from api.ids import SHOP_TIME, new_id
from api.models import Reminder
from api.policies.service import policies
from triage.appointments import reminders as planned

_TEXT = "notice.appointment_reminder"
_STANDS = ("booked", "changed")


class Visit(Protocol):
    """What a reminder needs to know."""

    @property
    def number(self) -> str:
        """The shop's number."""

    @property
    def service(self) -> str:
        """Key of the service."""

    @property
    def starts_at(self) -> datetime:
        """When it begins."""

    @property
    def state(self) -> str:
        """How it stands."""


async def plan(tx: Transaction, conversation_id: UUID, visit: Visit, at: datetime) -> None:
    """Remind of `visit` as it stands at `at`, and no more of what it was before."""
    await tx.execute(
        delete(Reminder).where(Reminder.cause.startswith(_cause(visit)), Reminder.sent_at.is_(None))
    )
    if visit.state not in _STANDS:
        return
    policy = (await policies(tx)).appointments
    for each in planned(visit.starts_at, at, policy, SHOP_TIME):
        await tx.execute(
            insert(Reminder)
            .values(
                id=new_id(),
                conversation_id=conversation_id,
                cause=f"{_cause(visit)}{visit.starts_at.isoformat()}:{each.kind.value}",
                text_key=_TEXT,
                data={
                    "number": visit.number,
                    "service": visit.service,
                    "starts_at": visit.starts_at.isoformat(),
                },
                at=each.at,
                created_at=at,
            )
            .on_conflict_do_nothing()
        )


async def send(database: Database, at: datetime) -> int:
    """Send what is due, oldest first, each in a transaction of its own; returns how many were sent.

    Two workers send nothing twice. What is due only after its visit has begun, because nothing ran
    meanwhile, is dropped.
    """
    sent = 0
    for reminder_id, conversation_id in await _due(database, at):
        async with database.transaction() as tx:
            sent += await _send(tx, reminder_id, conversation_id, at)
    return sent


async def _due(database: Database, at: datetime) -> list[tuple[UUID, UUID]]:
    query = (
        select(Reminder.id, Reminder.conversation_id)
        .where(Reminder.sent_at.is_(None), Reminder.at <= at)
        .order_by(Reminder.at, Reminder.id)
    )
    async with database.transaction() as tx:
        return [(row.id, row.conversation_id) for row in await tx.execute(query)]


async def _send(tx: Transaction, reminder_id: UUID, conversation_id: UUID, at: datetime) -> bool:
    """The conversation is locked first, as by who changes the visit: `plan` may have taken the
    reminder away meanwhile."""
    conversation = await conversations.lock(tx, conversation_id)
    reminder = await tx.get(Reminder, reminder_id, with_for_update=True)
    if reminder is None or reminder.sent_at is not None:
        return False
    starts_at = datetime.fromisoformat(reminder.data["starts_at"])
    if starts_at <= at:
        await tx.delete(reminder)
        return False
    language = conversation.language if conversation.language in LANGUAGES else "zh"
    text = say(
        reminder.text_key,
        language,
        number=reminder.data["number"],
        service=say(f"choice.service.{reminder.data['service']}", language),
        at=local(starts_at),
    )
    append(tx, conversation, author="system", kind="notice", text=text)
    reminder.sent_at = at
    return True


def local(moment: datetime) -> str:
    """A moment as customers read it, e.g. 2026-03-10 14:00."""
    return f"{moment.astimezone(SHOP_TIME):%Y-%m-%d %H:%M}"


def _cause(visit: Visit) -> str:
    return f"appointment:{visit.number}:"
