"""The queue as waiting customers know it: their place in it, the wait, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select, update

from api.db import Transaction
from api.handoffs import candidates
from api.ids import new_id, now
from api.models import Conversation, QueueWait, WrapUp
from api.policies.service import policies
from triage.ownership import State
from triage.policy.routing import PRIORITIES, RoutingPolicy
from triage.queueing import (
    Hands,
    WaitRecord,
    correction,
    expected_wait,
    hands,
    mean_handling_seconds,
)
from triage.waiting import Waiting, positions

LeftFor = Literal["agent", "ticket", "bot", "closed"]

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
class Experience:
    """What recent conversations and waits teach."""

    until: float
    handling_seconds: float
    corrections: dict[str, float] = field(default_factory=dict)


_known: WeakKeyDictionary[Engine | Connection, Experience] = WeakKeyDictionary()


async def place(tx: Transaction, conversation: Conversation, created: bool = False) -> QueuePlace:
    """Queue position (1-based) and expected wait; the wait is None when nobody is at work."""
    if conversation.state != State.QUEUED:
        return QueuePlace(conversation.state, None, None, created)
    await tx.flush()
    moment, policy = now(), (await policies(tx)).routing
    here = await candidates.waitings(tx)
    desk = hands(await candidates.agents(tx, moment))
    order = positions(here, moment, policy)
    position = order.get(conversation.id, len(order) + 1)
    priority = conversation.priority or "P4"
    return await place_at(tx, position, priority, desk, policy, created=created)


async def place_at(
    tx: Transaction,
    position: int,
    priority: str,
    desk: Hands,
    policy: RoutingPolicy,
    *,
    created: bool = False,
) -> QueuePlace:
    """What somebody at `position` may expect."""
    taught = await experience(tx, policy)
    plain = expected_wait(position, desk, taught.handling_seconds)
    told = expected_wait(
        position, desk, taught.handling_seconds, taught.corrections.get(priority, 1.0)
    )
    return QueuePlace(State.QUEUED, position, _rounded(told), created, _rounded(plain))


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
    note_told(conversation, told, now())


async def leave(tx: Transaction, conversation: Conversation, left_for: LeftFor) -> None:
    """The stay in the queue is over, and what was wished for it is forgotten."""
    await tx.execute(
        update(QueueWait)
        .where(QueueWait.conversation_id == conversation.id, QueueWait.left_at.is_(None))
        .values(left_at=now(), left_for=left_for)
    )
    conversation.wanted_agent_id = conversation.wanted_skill = None
    conversation.passed_over = []
    conversation.told_position = conversation.told_wait_seconds = None
    conversation.told_at = None


def note_told(conversation: Conversation, told: QueuePlace, moment: datetime) -> None:
    """Remember what the customer was told, to tell them again only when it has changed."""
    conversation.told_position = told.position
    conversation.told_wait_seconds = told.expected_wait_seconds
    conversation.told_at = moment


async def experience(tx: Transaction, policy: RoutingPolicy) -> Experience:
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
    _known[bind] = Experience(time.monotonic() + _FRESH_SECONDS, handling, corrections)
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


async def waiting_line(
    tx: Transaction, moment: datetime
) -> tuple[list[Waiting], dict[UUID, int], Hands, RoutingPolicy]:
    """Everybody who waits, their places, and the hands there are."""
    policy = (await policies(tx)).routing
    here = await candidates.waitings(tx)
    desk = hands(await candidates.agents(tx, moment))
    return here, positions(here, moment, policy), desk, policy


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


def _rounded(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
