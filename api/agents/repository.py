"""Staff accounts and their presence."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from api.db import Transaction
from api.models import Staff

ONLINE_FOR = timedelta(seconds=45)
"""A console that has not shown a sign of life for this long counts as gone."""


async def by_username(tx: Transaction, username: str) -> Staff | None:
    """The active account of that name."""
    return await tx.scalar(select(Staff).where(Staff.username == username, Staff.active))


async def seen(tx: Transaction, staff_id: UUID, moment: datetime) -> None:
    """Note a sign of life of an open console."""
    await tx.execute(update(Staff).where(Staff.id == staff_id).values(last_seen_at=moment))


async def agents_online(tx: Transaction, moment: datetime) -> int:
    """How many staff have a console open."""
    query = select(func.count()).where(Staff.active, Staff.last_seen_at > moment - ONLINE_FOR)
    return await tx.scalar(query) or 0
