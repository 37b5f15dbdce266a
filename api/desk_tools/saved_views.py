"""Filters of lists that somebody keeps; everybody has their own."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from api.auth.service import SignedIn
from api.db import Transaction
from api.desk_tools.schemas import Place, SavedViewIn
from api.errors import NotFound, TooManySaved
from api.ids import new_id
from api.models import SavedView
from api.naming import flush_named

MOST = 50


async def listing(tx: Transaction, staff: SignedIn, place: Place | None) -> Sequence[SavedView]:
    """One's own filters by name."""
    query = select(SavedView).where(SavedView.staff_id == staff.id).order_by(SavedView.name)
    if place is not None:
        query = query.where(SavedView.place == place)
    return (await tx.scalars(query)).all()


async def add(tx: Transaction, staff: SignedIn, wanted: SavedViewIn) -> SavedView:
    """Keep a filter; raises NameTaken, and TooManySaved above `MOST`."""
    count = await tx.scalar(select(func.count()).where(SavedView.staff_id == staff.id))
    if (count or 0) >= MOST:
        raise TooManySaved(most=MOST)
    view = SavedView(
        id=new_id(),
        staff_id=staff.id,
        place=wanted.place,
        name=wanted.name,
        filter=wanted.filter.model_dump(mode="json", exclude_none=True),
    )
    tx.add(view)
    await flush_named(tx)
    return view


async def remove(tx: Transaction, staff: SignedIn, view_id: UUID) -> None:
    """Delete one's own filter; raises NotFound."""
    view = await tx.get(SavedView, view_id)
    if view is None or view.staff_id != staff.id:
        raise NotFound
    await tx.delete(view)
