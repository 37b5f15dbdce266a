"""Keeps waiting customers informed: silently where they stand, in words only when it matters."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from api.db import Database
from api.events import Event
from api.handoffs import queue
from api.handoffs.notices import tell_queued
from api.handoffs.queue import QueuePlace
from api.models import Conversation
from triage.ownership import State
from triage.policy.routing import NoticePolicy
from triage.queueing import Told, matters, should_tell

Shown = tuple[int | None, int | None]
"""Position and minutes, as pages show them."""


class Corrections:
    """What the pages of waiting customers were last shown. One a worker; losing it is harmless."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shown: dict[UUID, Shown] = {}

    async def run(self, moment: datetime) -> None:
        """Show every waiting customer whose place or wait has changed, and tell whom it matters."""
        places, policy = await self._places(moment)
        moved = [each for each, place in places.items() if self._shown.get(each) != _shown(place)]
        known, self._shown = self._shown, {each: _shown(place) for each, place in places.items()}
        async with self._database.transaction() as tx:
            for conversation_id in moved:
                if conversation_id in known:
                    tx.emit(Event("conversation", str(conversation_id), {"only": "place"}))
            query = select(Conversation.id, *_TOLD).where(Conversation.id.in_(places))
            rows = (await tx.execute(query)).all()
        for row in rows:
            told = _told(row.told_position, row.told_wait_seconds, row.told_at)
            if _worth_telling(told, places[row.id], moment, policy):
                await self._tell(row.id, places[row.id], moment)

    async def _places(self, moment: datetime) -> tuple[dict[UUID, QueuePlace], NoticePolicy]:
        async with self._database.transaction() as tx:
            here, order, desk, policy = await queue.waiting_line(tx, moment)
            places = {
                each.id: await queue.place_at(tx, order[each.id], each.priority, desk, policy)
                for each in here
            }
        return places, policy.notice

    async def _tell(self, conversation_id: UUID, place: QueuePlace, moment: datetime) -> None:
        """One transaction for each: none waits for another's lock."""
        query = (
            select(Conversation)
            .where(Conversation.id == conversation_id, Conversation.state == State.QUEUED)
            .with_for_update(skip_locked=True)
        )
        async with self._database.transaction() as tx:
            conversation = await tx.scalar(query)
            if conversation is not None:
                await tell_queued(tx, conversation, place, "still_waiting")
                queue.note_told(conversation, place, moment)


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


def _shown(place: QueuePlace) -> Shown:
    seconds = place.expected_wait_seconds
    return place.position, None if seconds is None else round(seconds / 60)
