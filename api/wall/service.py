"""Reads the wall; every figure is one query over an index."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import func, select, union_all

from api.agents import repository as agents
from api.agents.views import described
from api.auth.service import SignedIn
from api.db import Transaction
from api.deadlines.people import Subject, titles
from api.deadlines.schemas import SubjectRef
from api.handoffs import candidates
from api.i18n import texts
from api.models import Conversation, Customer, Deadline, EarlierRating, Handoff, QueueWait
from api.policies.service import policies
from api.wall.schemas import (
    Attainment,
    Held,
    Satisfaction,
    Today,
    WallAgent,
    WallDeadline,
    WallOut,
    WallQueue,
)
from triage.ownership import State
from triage.policy import SlaKind
from triage.policy.routing import PRIORITIES

_LISTED = 50


async def wall(tx: Transaction, staff: SignedIn, moment: datetime, language: str) -> WallOut:
    """Everything at `moment`."""
    calendar = (await policies(tx)).calendar
    midnight = datetime.combine(calendar.local_date(moment), time(), tzinfo=calendar.zone)
    return WallOut(
        queue=await _queue(tx, moment),
        agents=await _agents(tx, staff, midnight),
        breaches=await _deadlines(tx, moment, language, breached=True),
        breaching=await _deadlines(tx, moment, language, breached=False),
        today=await _today(tx, midnight),
    )


async def _queue(tx: Transaction, moment: datetime) -> WallQueue:
    here = await candidates.waitings(tx, (), moment, (await policies(tx)).routing.skill)
    priorities = Counter(each.priority for each in here)
    return WallQueue(
        count=len(here),
        longest_wait_seconds=round(max((each.waited_seconds(moment) for each in here), default=0)),
        by_priority={priority: priorities[priority] for priority in PRIORITIES},
        by_category=dict(Counter(each.skill or "other" for each in here).most_common()),
    )


async def _agents(tx: Transaction, staff: SignedIn, midnight: datetime) -> list[WallAgent]:
    """Those who serve customers, and whoever else has one at hand now."""
    held = await _held(tx)
    handled = await _handled(tx, midnight)
    accounts = [
        account
        for account in await agents.everybody(tx, inactive=False)
        if account.capacity > 0 or account.id in held
    ]
    return [
        WallAgent(
            **dict(agent),
            current=held.get(agent.id, []),
            handled_today=handled.get(agent.id, 0),
        )
        for agent in await described(tx, accounts, staff)
    ]


async def _held(tx: Transaction) -> dict[UUID, list[Held]]:
    since = (
        select(func.max(Handoff.created_at))
        .where(Handoff.conversation_id == Conversation.id)
        .scalar_subquery()
    )
    query = (
        select(
            Conversation.id,
            Conversation.owner_id,
            Conversation.priority,
            Customer.display_name,
            func.coalesce(since, Conversation.updated_at).label("since"),
        )
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(Conversation.state == State.ACTIVE)
        .order_by(Conversation.id)
    )
    found: dict[UUID, list[Held]] = {}
    for row in await tx.execute(query):
        item = Held(id=row.id, customer=row.display_name, priority=row.priority, since=row.since)
        found.setdefault(row.owner_id, []).append(item)
    return found


async def _handled(tx: Transaction, midnight: datetime) -> dict[UUID, int]:
    """Conversations that came to each agent today."""
    query = (
        select(Handoff.to_owner, func.count(Handoff.conversation_id.distinct()).label("handled"))
        .where(Handoff.created_at >= midnight, Handoff.to_owner.startswith("agent:"))
        .group_by(Handoff.to_owner)
    )
    return {
        UUID(row.to_owner.removeprefix("agent:")): row.handled for row in await tx.execute(query)
    }


async def _deadlines(
    tx: Transaction, moment: datetime, language: str, *, breached: bool
) -> list[WallDeadline]:
    """Running ones that were missed, or whose warning time has come; earliest due first."""
    query = select(Deadline).where(Deadline.met_at.is_(None), Deadline.cancelled_at.is_(None))
    if breached:
        query = query.where(Deadline.breached_at.is_not(None))
    else:
        query = query.where(Deadline.breached_at.is_(None), Deadline.warn_at <= moment)
    rows = (await tx.scalars(query.order_by(Deadline.due_at).limit(_LISTED))).all()
    called = await titles(tx, {(row.subject_kind, row.subject_id) for row in rows})
    return [_deadline(row, called, language) for row in rows]


def _deadline(row: Deadline, called: dict[Subject, str], language: str) -> WallDeadline:
    subject = (row.subject_kind, row.subject_id)
    return WallDeadline(
        kind=row.kind,
        title=texts(language).get(f"deadline.{row.kind}", row.kind),
        subject=SubjectRef(kind=row.subject_kind, id=row.subject_id, title=called.get(subject, "")),
        priority=row.priority,
        due_at=row.due_at,
        breached_at=row.breached_at,
    )


async def _today(tx: Transaction, midnight: datetime) -> Today:
    handoffs = await tx.scalar(
        select(func.count()).where(
            Handoff.created_at >= midnight,
            Handoff.to_owner == "queue",
            ~Handoff.from_owner.startswith("agent:"),
            Handoff.from_owner != "queue",
        )
    )
    abandoned = await tx.scalar(
        select(func.count()).where(QueueWait.left_at >= midnight, QueueWait.left_for == "abandoned")
    )
    return Today(
        handoffs=handoffs or 0,
        first_response_p50_seconds=await _median_response(tx, midnight),
        sla=await _attainment(tx, midnight),
        csat=await _satisfaction(tx, midnight),
        abandoned=abandoned or 0,
    )


async def _satisfaction(tx: Transaction, midnight: datetime) -> Satisfaction:
    """Of the matters rated today, those that another one has followed since too."""
    rated = union_all(
        select(Conversation.rating).where(Conversation.rated_at >= midnight),
        select(EarlierRating.rating).where(EarlierRating.rated_at >= midnight),
    ).subquery()
    row = (await tx.execute(select(func.avg(rated.c.rating), func.count(rated.c.rating)))).one()
    return Satisfaction(average=float(row[0]) if row[0] is not None else None, count=row[1])


async def _median_response(tx: Transaction, midnight: datetime) -> float | None:
    seconds = func.extract("epoch", Deadline.met_at - Deadline.started_at)
    query = select(func.percentile_cont(0.5).within_group(seconds.asc())).where(
        Deadline.started_at >= midnight,
        Deadline.kind == SlaKind.CHAT_FIRST_RESPONSE,
        Deadline.met_at.is_not(None),
    )
    found = await tx.scalar(query)
    return float(found) if found is not None else None


async def _attainment(tx: Transaction, midnight: datetime) -> dict[str, Attainment]:
    over = Deadline.met_at.is_not(None) | Deadline.breached_at.is_not(None)
    query = (
        select(
            func.coalesce(Deadline.priority, "P4").label("priority"),
            func.count().filter(Deadline.breached_at.is_(None)).label("met"),
            func.count().label("total"),
        )
        .where(Deadline.started_at >= midnight, Deadline.kind == SlaKind.CHAT_FIRST_RESPONSE, over)
        .group_by("priority")
    )
    found = {row.priority: row for row in await tx.execute(query)}
    return {
        priority: Attainment(met=found[priority].met, total=found[priority].total)
        if priority in found
        else Attainment(met=0, total=0)
        for priority in PRIORITIES
    }
