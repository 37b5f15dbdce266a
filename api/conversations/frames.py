"""Reads what consoles are told, once for all consoles of a process."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from pydantic import BaseModel
from redis.asyncio import Redis
from sqlalchemy import select

from api.agents.views import described
from api.auth.service import Role
from api.conversations import viewing, views
from api.conversations.audience import Audience, Change, audience
from api.db import Database, Transaction
from api.deadlines.views import alerts_out
from api.events import Event
from api.ids import now
from api.learning.runs import views as trainings
from api.models import Alert, Conversation, Notification, Staff, StaffSession, Ticket, TrainingRun
from api.notifications.texts import shown
from api.tickets.access import place_of
from triage.visibility import Viewer, may_see

Told = tuple[UUID, str]
"""To whom, and the frame."""
_NEWS = timedelta(seconds=20)
"""A notification older than this is no news: the page has asked for it meanwhile."""


class Seat(Protocol):
    """One open console, as far as frames are made for it."""

    @property
    def language(self) -> str: ...
    @property
    def viewer(self) -> Viewer: ...


class Seats(Protocol):
    """The open consoles of the process."""

    @property
    def everybody(self) -> Sequence[Seat]: ...


async def changed(
    database: Database, redis: Redis, changes: Mapping[UUID, Change]
) -> dict[UUID, tuple[dict[str, Any], Audience]]:
    """Each conversation that concerns anybody, as its summary in JSON, and whom it concerns."""
    lookers = await viewing.lookers(redis, list(changes))
    async with database.transaction() as tx:
        query = select(Conversation).where(Conversation.id.in_(changes))
        found = (await tx.scalars(query)).all()
        teams = await _teams(tx, found)
        concerned = {
            each.id: audience(
                each,
                changes[each.id],
                teams.get(_holder(each)),
                [looker.id for looker in lookers.get(each.id, ())],
            )
            for each in found
        }
        wanted = [each for each in found if concerned[each.id].listed or concerned[each.id].near]
        summaries = await views.summaries(tx, wanted) if wanted else []
    return {
        summary.id: (
            summary.model_copy(update={"viewers": len(lookers.get(summary.id, ()))}).model_dump(
                mode="json"
            ),
            concerned[summary.id],
        )
        for summary in summaries
    }


async def others(
    database: Database, redis: Redis, seats: Seats, events: Iterable[Event]
) -> list[Told]:
    """Frames for everything that is no change of a conversation."""
    by_kind: dict[str, list[Event]] = {}
    for event in events:
        by_kind.setdefault(event.kind, []).append(event)
    told = await _viewers(redis, by_kind.get("viewers", []))
    async with database.transaction() as tx:
        nearby = [*by_kind.get("typing", []), *by_kind.get("read", [])]
        told += await _nearby(tx, redis, nearby)
        told += await _notifications(tx, seats, by_kind.get("notification", []))
        told += await _presence(tx, seats, by_kind.get("presence", []))
        told += await _alerts(tx, seats, by_kind.get("alert", []))
        told += await _tickets(tx, seats, by_kind.get("ticket", []))
        told += await _trainings(tx, seats, by_kind.get("training", []))
        told += import_frames(seats, by_kind.get("import", []))
    return told


async def viewers(tx: Transaction, token_hashes: Collection[bytes]) -> dict[bytes, Viewer]:
    """Who is behind the sessions that have not ended."""
    if not token_hashes:
        return {}
    query = (
        select(StaffSession.token_hash, Staff.id, Staff.team_id, Staff.role)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(
            StaffSession.token_hash.in_(token_hashes), StaffSession.expires_at > now(), Staff.active
        )
    )
    return {
        row.token_hash: Viewer(row.id, row.team_id, leads=Role(row.role).covers(Role.SUPERVISOR))
        for row in await tx.execute(query)
    }


async def _viewers(redis: Redis, events: Sequence[Event]) -> list[Told]:
    ids = list(dict.fromkeys(UUID(event.conversation_id) for event in events))
    found = await viewing.lookers(redis, ids)
    told = []
    for conversation_id, looking in found.items():
        shown_as = [
            {"id": str(each.id), "display_name": each.display_name, "typing": each.typing}
            for each in looking
        ]
        frame = _frame("viewers", conversation_id=str(conversation_id), viewers=shown_as)
        told += [(each.id, frame) for each in looking]
    return told


async def _nearby(tx: Transaction, redis: Redis, events: Sequence[Event]) -> list[Told]:
    """Who has the conversation, and who looks at it, sees that its customer or agent types, and
    what the customer has read."""
    if not events:
        return []
    ids = list(dict.fromkeys(UUID(event.conversation_id) for event in events))
    query = select(Conversation.id, Conversation.owner_id).where(Conversation.id.in_(ids))
    owners = {row.id: row.owner_id for row in await tx.execute(query)}
    lookers = await viewing.lookers(redis, ids)
    told = []
    for event in events:
        conversation_id = UUID(event.conversation_id)
        near = {each.id for each in lookers.get(conversation_id, ())}
        near |= {owners[conversation_id]} if owners.get(conversation_id) else set()
        frame = _nearby_frame(event)
        told += [(staff_id, frame) for staff_id in near]
    return list(dict.fromkeys(told))


def _nearby_frame(event: Event) -> str:
    if event.kind == "read":
        return _frame("read", conversation_id=event.conversation_id, seq=int(event.data["seq"]))
    return _frame("typing", conversation_id=event.conversation_id, author=event.data.get("author"))


async def _notifications(tx: Transaction, seats: Seats, events: Sequence[Event]) -> list[Told]:
    """What they were told just now, the newest for each event."""
    wanted: dict[UUID, int] = {}
    for event in events:
        staff_id = UUID(event.data["staff_id"])
        wanted[staff_id] = wanted.get(staff_id, 0) + 1
    languages = {seat.viewer.id: seat.language for seat in seats.everybody}
    told: list[Told] = []
    for staff_id, count in wanted.items():
        if staff_id not in languages:
            continue
        query = (
            select(Notification)
            .where(Notification.staff_id == staff_id, Notification.created_at > now() - _NEWS)
            .order_by(Notification.created_at.desc(), Notification.id.desc())
            .limit(count)
        )
        for notification in reversed((await tx.scalars(query)).all()):
            out = shown(notification, languages[staff_id])
            told.append((staff_id, _frame("notification", notification=out)))
    return told


async def _presence(tx: Transaction, seats: Seats, events: Sequence[Event]) -> list[Told]:
    """Everybody learns who comes and goes."""
    if not events:
        return []
    ids = {UUID(event.data["staff_id"]) for event in events}
    accounts = (await tx.scalars(select(Staff).where(Staff.id.in_(ids)))).all()
    frames = [_frame("presence", agent=agent) for agent in await described(tx, accounts, None)]
    everybody = {seat.viewer.id for seat in seats.everybody}
    return [(staff_id, frame) for staff_id in everybody for frame in frames]


async def _alerts(tx: Transaction, seats: Seats, events: Sequence[Event]) -> list[Told]:
    """Those who were told of it, and everybody who leads."""
    if not events:
        return []
    ids = {UUID(event.data["id"]) for event in events if "id" in event.data}
    found = (await tx.scalars(select(Alert).where(Alert.id.in_(ids)))).all()
    told = []
    for language in {seat.language for seat in seats.everybody}:
        for alert, out in zip(found, await alerts_out(tx, found, language), strict=True):
            frame = _frame("alert", alert=out)
            told += [
                (seat.viewer.id, frame)
                for seat in seats.everybody
                if seat.language == language
                and (seat.viewer.leads or str(seat.viewer.id) in alert.told)
            ]
    return list(dict.fromkeys(told))


async def _tickets(tx: Transaction, seats: Seats, events: Sequence[Event]) -> list[Told]:
    """Everybody who may see it learns that a ticket has changed, and asks for it if it is shown."""
    ids = {UUID(event.data["id"]) for event in events}
    if not ids:
        return []
    told: list[Told] = []
    viewers = {seat.viewer for seat in seats.everybody}
    for ticket in await tx.scalars(select(Ticket).where(Ticket.id.in_(ids))):
        place = await place_of(tx, ticket)
        frame = _frame("ticket", number=ticket.number)
        told += [(viewer.id, frame) for viewer in viewers if may_see(viewer, place)]
    return told


async def _trainings(tx: Transaction, seats: Seats, events: Sequence[Event]) -> list[Told]:
    """Those who lead follow trainings."""
    if not events:
        return []
    ids = {UUID(event.data["run"]) for event in events}
    runs = (await tx.scalars(select(TrainingRun).where(TrainingRun.id.in_(ids)))).all()
    told: list[Told] = []
    for language in {seat.language for seat in seats.everybody}:
        shown_as = await trainings.described(tx, runs, language)
        told += [
            (seat.viewer.id, _frame("training", run=run))
            for seat in seats.everybody
            if seat.language == language and seat.viewer.leads
            for run in shown_as
        ]
    return list(dict.fromkeys(told))


def import_frames(seats: Seats, events: Sequence[Event]) -> list[Told]:
    """Those who lead see how far an import is."""
    latest = {event.data["id"]: event.data for event in events}
    leading = {seat.viewer.id for seat in seats.everybody if seat.viewer.leads}
    frames = [
        _frame("import", id=each["id"], done=int(each["done"]), rows=int(each["rows"]))
        for each in latest.values()
    ]
    return [(staff_id, frame) for staff_id in leading for frame in frames]


async def _teams(
    tx: Transaction, conversations: Iterable[Conversation]
) -> dict[UUID | None, UUID | None]:
    holders = {_holder(each) for each in conversations} - {None}
    if not holders:
        return {}
    query = select(Staff.id, Staff.team_id).where(Staff.id.in_(holders))
    return {row.id: row.team_id for row in await tx.execute(query)}


def _holder(conversation: Conversation) -> UUID | None:
    return conversation.owner_id or conversation.last_agent_id or conversation.responsible_id


def _frame(kind: str, **content: object) -> str:
    plain = {
        name: value.model_dump(mode="json") if isinstance(value, BaseModel) else value
        for name, value in content.items()
    }
    return json.dumps({"type": kind, **plain}, ensure_ascii=False)
