"""Reads the queue and the agents as `triage.routing` sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from api.agents import repository
from api.agents.presence import alive
from api.db import Transaction
from api.models import Conversation, Customer, Staff
from triage.ownership import State
from triage.policy.routing import SkillPolicy
from triage.routing import Agent, Presence, left_out
from triage.waiting import Waiting


async def agents(tx: Transaction, moment: datetime) -> list[Agent]:
    """Everybody who could be given conversations and has a console open."""
    query = select(
        Staff.id,
        Staff.presence,
        Staff.capacity,
        Staff.languages,
        Staff.channels,
        Staff.last_assigned_at,
    ).where(alive(moment), Staff.capacity > 0)
    rows = (await tx.execute(query.order_by(Staff.id))).all()
    if not rows:
        return []
    loads = await repository.loads(tx)
    skills = await repository.skills(tx, [row.id for row in rows])
    return [
        Agent(
            id=row.id,
            presence=Presence(row.presence),
            capacity=row.capacity,
            load=loads.get(row.id, 0),
            skills={skill.category: skill.level for skill in skills.get(row.id, ())},
            languages=frozenset(row.languages),
            channels=frozenset(row.channels),
            last_assigned_at=row.last_assigned_at,
        )
        for row in rows
    ]


async def waitings(
    tx: Transaction, present: Sequence[Agent], moment: datetime, policy: SkillPolicy
) -> list[Waiting]:
    """Everybody in the queue, without those who are not to be given it (`triage.routing`)."""
    rows = (await tx.execute(_queued())).all()
    return [_waiting(row, present, moment, policy) for row in rows]


def _queued() -> Select[*tuple[Any, ...]]:
    earlier = aliased(Conversation)
    served_before = (
        select(earlier.last_agent_id)
        .where(earlier.customer_id == Conversation.customer_id, earlier.last_agent_id.is_not(None))
        .order_by(earlier.updated_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Conversation.id,
            Conversation.category,
            Conversation.priority,
            func.coalesce(Conversation.queued_at, Conversation.updated_at).label("queued_at"),
            Customer.tier,
            Conversation.language,
            Conversation.channel,
            func.coalesce(Conversation.last_agent_id, served_before).label("last_agent_id"),
            Conversation.wanted_agent_id,
            Conversation.wanted_skill,
            Conversation.passed_over,
        )
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(Conversation.state == State.QUEUED)
    )


def _waiting(
    row: Row[Any], present: Sequence[Agent], moment: datetime, policy: SkillPolicy
) -> Waiting:
    waiting = Waiting(
        id=row.id,
        category=row.category,
        priority=row.priority or "P4",
        queued_at=row.queued_at,
        tier=row.tier,
        language=row.language,
        channel=row.channel,
        last_agent_id=row.last_agent_id,
        wanted_agent_id=row.wanted_agent_id,
        wanted_skill=row.wanted_skill,
    )
    passed_over = frozenset(UUID(staff_id) for staff_id in row.passed_over)
    if not passed_over:
        return waiting
    return replace(waiting, excluded=left_out(waiting, passed_over, present, moment, policy))
