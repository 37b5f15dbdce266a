"""The queue as waiting customers know it: their place in it, the wait, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, func, select, update

from api.db import Transaction
from api.handoffs import candidates
from api.ids import new_id, now
from api.models import Conversation, QueueWait, WrapUp
from api.policies.service import policies
from triage.estimating import Estimator, WaitRecord, correction, mean_handling_seconds
from triage.ownership import State
from triage.policy.routing import PRIORITIES, RoutingPolicy
from triage.routing import Agent
from triage.waiting import Waiting, queue_order

LeftFor = Literal["agent", "ticket", "abandoned"]

_HANDLINGS = 50
_FRESH_SECONDS = 10.0
"""Handling times and recent waits are read anew in each process after so long."""


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where a conversation stands; both None once it has left the queue."""

    state: str
    position: int | None
    expected_wait_seconds: int | None
    created: bool = False
    plain_seconds: int | None = None
    """The expected wait without the correction by recent waits."""


@dataclass(frozen=True, slots=True)
class Line:
    """The whole queue at one moment: the next one first, and where each of them stands."""

    order: list[Waiting]
    agents: Sequence[Agent]
    """Those who could be given somebody."""
    policy: RoutingPolicy
    places: dict[UUID, QueuePlace] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Experience:
    """What recent conversations and waits teach."""

    until: float
    handling_seconds: float
    corrections: dict[str, float] = field(default_factory=dict)


_known: WeakKeyDictionary[Engine | Connection, _Experience] = WeakKeyDictionary()


async def line_up(tx: Transaction, moment: datetime) -> Line:
    """Everybody who waits, in the order of their turn; without their places."""
    policy = (await policies(tx)).routing
    agents = await candidates.agents(tx, moment)
    waitings = await candidates.waitings(tx, agents, moment, policy.skill)
    order = queue_order(waitings, moment, policy)
    return Line(order, agents, policy)


async def waiting_line(tx: Transaction, moment: datetime) -> Line:
    """Everybody who waits, with their places and what they may expect."""
    line = await line_up(tx, moment)
    estimator = await _estimator(tx, line.policy)
    plain = estimator.plain(line.order, line.agents)
    places = {
        each.id: QueuePlace(
            State.QUEUED,
            position,
            _rounded(estimator.corrected(plain[each.id], each.priority)),
            plain_seconds=_rounded(plain[each.id]),
        )
        for position, each in enumerate(line.order, start=1)
    }
    return replace(line, places=places)


async def place(tx: Transaction, conversation: Conversation, created: bool = False) -> QueuePlace:
    """Queue position (1-based) and expected wait; the wait is None when nobody is at work.

    It reads the whole queue: for who has just moved. Others are told what is `kept`.
    """
    if conversation.state != State.QUEUED:
        return QueuePlace(conversation.state, None, None, created)
    await tx.flush()
    found = (await waiting_line(tx, now())).places[conversation.id]
    return replace(found, created=created)


async def kept(tx: Transaction, conversation: Conversation) -> QueuePlace:
    """Where the conversation stood when the queue was last looked at (`corrections`)."""
    if conversation.state != State.QUEUED:
        return QueuePlace(conversation.state, None, None)
    query = select(QueueWait.position, QueueWait.wait_seconds).where(_open(conversation.id))
    row = (await tx.execute(query)).one_or_none()
    return QueuePlace(State.QUEUED, *(row or (None, None)))


async def kept_waits(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, int | None]:
    """What each of these was expected to wait, in seconds, when the queue was last looked at."""
    query = select(QueueWait.conversation_id, QueueWait.wait_seconds).where(
        QueueWait.conversation_id.in_(ids), QueueWait.left_at.is_(None)
    )
    return {row.conversation_id: row.wait_seconds for row in await tx.execute(query)}


async def enter(tx: Transaction, conversation: Conversation, told: QueuePlace) -> None:
    """A stay in the queue begins; `told` is what the customer is told at its beginning."""
    tx.add(
        QueueWait(
            id=new_id(),
            conversation_id=conversation.id,
            category=conversation.wanted_skill or conversation.category,
            priority=conversation.priority,
            queued_at=conversation.updated_at,
            expected_seconds=told.expected_wait_seconds,
            plain_seconds=told.plain_seconds,
        )
    )
    await tx.flush()
    await note_told(tx, conversation, told, now())


async def leave(tx: Transaction, conversation: Conversation, left_for: LeftFor) -> None:
    """The stay in the queue is over, and what was wished for it is forgotten."""
    await tx.execute(
        update(QueueWait).where(_open(conversation.id)).values(left_at=now(), left_for=left_for)
    )
    conversation.wanted_agent_id = conversation.wanted_skill = None
    conversation.told_position = conversation.told_wait_seconds = None
    conversation.told_at = None


async def note_told(
    tx: Transaction, conversation: Conversation, told: QueuePlace, moment: datetime
) -> None:
    """Remember what the customer was told, to tell them again only when it has changed."""
    conversation.told_position = told.position
    conversation.told_wait_seconds = told.expected_wait_seconds
    conversation.told_at = moment
    await tx.execute(
        update(QueueWait)
        .where(_open(conversation.id))
        .values(position=told.position, wait_seconds=told.expected_wait_seconds)
    )


async def _estimator(tx: Transaction, policy: RoutingPolicy) -> Estimator:
    taught = await _experience(tx, policy)
    return Estimator(taught.handling_seconds, policy.skill, taught.corrections)


async def _experience(tx: Transaction, policy: RoutingPolicy) -> _Experience:
    """Handling times and corrections by priority, at most some seconds old."""
    bind = tx.get_bind()
    known = _known.get(bind)
    if known is not None and time.monotonic() < known.until:
        return known
    handling = mean_handling_seconds(await _handling_seconds(tx), policy.wait)
    corrections = {
        priority: correction(await records(tx, policy, priority), policy.wait)
        for priority in PRIORITIES
    }
    _known[bind] = _Experience(time.monotonic() + _FRESH_SECONDS, handling, corrections)
    return _known[bind]


async def records(
    tx: Transaction, policy: RoutingPolicy, priority: str | None = None
) -> Sequence[WaitRecord]:
    """Recent waits that ended with an agent, the latest last; of one priority if given."""
    query = select(QueueWait).where(
        QueueWait.left_for == "agent", QueueWait.expected_seconds.is_not(None)
    )
    if priority is not None:
        query = query.where(func.coalesce(QueueWait.priority, "P4") == priority)
    latest = query.order_by(QueueWait.left_at.desc()).limit(policy.wait.records)
    return [
        WaitRecord(
            expected=row.expected_seconds,
            actual=(row.left_at - row.queued_at).total_seconds(),
            plain=row.plain_seconds,
        )
        for row in reversed((await tx.scalars(latest)).all())
        if row.expected_seconds is not None and row.left_at is not None
    ]


async def _handling_seconds(tx: Transaction) -> list[float]:
    """How long the newest conversations took from the agent's taking them to the form."""
    taken = (
        select(func.max(QueueWait.left_at))
        .where(
            QueueWait.conversation_id == WrapUp.conversation_id,
            QueueWait.left_for == "agent",
            QueueWait.left_at <= WrapUp.created_at,
        )
        .scalar_subquery()
    )
    query = select(WrapUp.created_at, taken.label("taken_at")).order_by(WrapUp.id.desc())
    return [
        (row.created_at - row.taken_at).total_seconds()
        for row in await tx.execute(query.limit(_HANDLINGS))
        if row.taken_at is not None
    ]


def _open(conversation_id: UUID) -> ColumnElement[bool]:
    """The stay in the queue that lasts."""
    return (QueueWait.conversation_id == conversation_id) & QueueWait.left_at.is_(None)


def _rounded(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
