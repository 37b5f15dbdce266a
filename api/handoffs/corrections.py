"""Keeps waiting customers informed: silently where they stand, in words only when it matters."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from api.db import Database, Transaction
from api.events import Event
from api.handoffs import queue
from api.handoffs.notices import tell_queued
from api.handoffs.queue import Line, QueuePlace
from api.models import Conversation, QueueWait
from api.policies.service import policies
from triage.ownership import State
from triage.policy.routing import NoticePolicy
from triage.queueing import Told, matters, should_tell

_ONE_LOOK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('places', 0))")


async def keep_informed(database: Database, moment: datetime) -> None:
    """Show every waiting customer whose place or wait has changed, and tell whom it matters.

    Any number of workers may do so: one looks at a time, and each customer is told once.
    """
    async with database.transaction() as tx:
        if not await tx.scalar(_ONE_LOOK):
            return
        line = await queue.waiting_line(tx, moment)
        if not line.order:
            return
        await _show(tx, line)
        query = select(Conversation.id, *_TOLD).where(Conversation.id.in_(line.places))
        told = {row.id: _told(*row[1:]) for row in await tx.execute(query)}
    for each in line.order:
        if _worth_telling(told.get(each.id), line.places[each.id], moment, line.policy.notice):
            await tell(database, each.id, line.places[each.id], moment)


async def _show(tx: Transaction, line: Line) -> None:
    """Keep the places for the pages that ask, and wake those where they look different."""
    query = (
        select(QueueWait)
        .where(QueueWait.left_at.is_(None), QueueWait.conversation_id.in_(line.places))
        .with_for_update(skip_locked=True)  # who is being moved has another place in a moment
    )
    for stay in await tx.scalars(query):
        place = line.places[stay.conversation_id]
        now_shown = _shown(place.position, place.expected_wait_seconds)
        if _shown(stay.position, stay.wait_seconds) != now_shown:
            stay.position, stay.wait_seconds = place.position, place.expected_wait_seconds
            tx.emit(Event("conversation", str(stay.conversation_id), {"only": "place"}))


async def tell(
    database: Database, conversation_id: UUID, place: QueuePlace, moment: datetime
) -> None:
    """Tell a waiting customer that they stand at `place`, if that is still news to them.

    One transaction for each: none waits for another's lock. Who was told meanwhile, by another
    worker or a move, is not told again.
    """
    query = (
        select(Conversation)
        .where(Conversation.id == conversation_id, Conversation.state == State.QUEUED)
        .with_for_update(skip_locked=True, key_share=True)
    )
    async with database.transaction() as tx:
        conversation = await tx.scalar(query)
        if conversation is None:
            return
        told = _told(
            conversation.told_position, conversation.told_wait_seconds, conversation.told_at
        )
        if _worth_telling(told, place, moment, (await policies(tx)).routing.notice):
            await tell_queued(tx, conversation, place, "still_waiting")
            await queue.note_told(tx, conversation, place, moment)


_TOLD = (Conversation.told_position, Conversation.told_wait_seconds, Conversation.told_at)


def _told(position: int | None, wait: int | None, at: datetime | None) -> Told | None:
    return Told(position, wait, at) if position is not None and at is not None else None


def _worth_telling(
    told: Told | None, place: QueuePlace, moment: datetime, policy: NoticePolicy
) -> bool:
    position, wait = place.position or 1, place.expected_wait_seconds
    if told is None:
        return False  # it was queued before the desk remembered what it tells
    return should_tell(told, position, wait, moment, policy) and matters(
        told, position, wait, policy
    )


def _shown(position: int | None, seconds: int | None) -> tuple[int | None, int | None]:
    """Position and minutes, as pages show them."""
    return position, None if seconds is None else round(seconds / 60)
