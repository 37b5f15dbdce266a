"""Queries on staff accounts, their skills and teams."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from api.db import Transaction
from api.errors import NotFound
from api.models import Conversation, Staff, StaffSkill, Team

ONLINE_FOR = timedelta(seconds=30)
"""A console that has not shown a sign of life for this long counts as gone."""


async def by_username(tx: Transaction, username: str) -> Staff | None:
    """The active account of that name."""
    return await tx.scalar(select(Staff).where(Staff.username == username, Staff.active))


async def get(tx: Transaction, staff_id: UUID) -> Staff:
    """The account; raises NotFound."""
    found = await tx.get(Staff, staff_id)
    if found is None:
        raise NotFound
    return found


async def lock(tx: Transaction, staff_id: UUID) -> Staff:
    """The account, locked until the end of the transaction; raises NotFound."""
    # who only refers to the row (a message, a hop) neither waits for this lock nor holds it up
    query = select(Staff).where(Staff.id == staff_id).with_for_update(key_share=True)
    found = await tx.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


async def lock_admins(tx: Transaction) -> Sequence[UUID]:
    """Ids of the active admins, none of whom changes until the end of the transaction."""
    query = select(Staff.id).where(Staff.role == "admin", Staff.active)
    return (await tx.scalars(query.order_by(Staff.id).with_for_update())).all()


async def everybody(tx: Transaction, *, inactive: bool) -> Sequence[Staff]:
    """All accounts by name; closed ones too if wanted."""
    query = select(Staff).order_by(Staff.display_name, Staff.username)
    if not inactive:
        query = query.where(Staff.active)
    return (await tx.scalars(query)).all()


async def skills(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, list[StaffSkill]]:
    """Skills by member of staff, the best first."""
    query = select(StaffSkill).where(StaffSkill.staff_id.in_(ids))
    found: dict[UUID, list[StaffSkill]] = {}
    for skill in await tx.scalars(query.order_by(StaffSkill.level.desc(), StaffSkill.category)):
        found.setdefault(skill.staff_id, []).append(skill)
    return found


async def loads(tx: Transaction) -> dict[UUID, int]:
    """How many conversations each of those who have some is busy with."""
    query = (
        select(Conversation.owner_id, func.count().label("held"))
        .where(Conversation.state == "active")
        .group_by(Conversation.owner_id)
    )
    return {row.owner_id: row.held for row in await tx.execute(query) if row.owner_id}


async def teams(tx: Transaction) -> Sequence[Team]:
    """All teams by name."""
    return (await tx.scalars(select(Team).order_by(Team.name))).all()


async def team(tx: Transaction, team_id: UUID) -> Team:
    """The team; raises NotFound."""
    found = await tx.get(Team, team_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found


async def members(tx: Transaction) -> dict[UUID, int]:
    """How many active staff each team has."""
    query = select(Staff.team_id, func.count().label("members")).where(Staff.active)
    rows = await tx.execute(query.group_by(Staff.team_id))
    return {row.team_id: row.members for row in rows if row.team_id}
