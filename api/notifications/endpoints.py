"""What one was told, in the console (docs/architecture.md §3)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import func, select, update

from api.auth.dependencies import StaffDep
from api.auth.service import SignedIn
from api.context import DeskDep
from api.db import Transaction
from api.errors import CsrfFailed, NotSignedIn, declare
from api.i18n import choose
from api.ids import now
from api.models import Notification
from api.notifications.schemas import NotificationList, Read, Unread
from api.notifications.texts import shown
from api.paging import CursorParameter, Limit, cut, page_of

router = APIRouter(prefix="/api/v1/notifications", tags=["notifications"])

_MOST_COUNTED = 100


@router.get("", responses=declare(NotSignedIn))
async def list_notifications(
    staff: StaffDep,
    desk: DeskDep,
    request: Request,
    unread: Annotated[bool, Query()] = False,
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> NotificationList:
    """What one was told, the newest first, or only what was not read."""
    query = select(Notification).where(Notification.staff_id == staff.id)
    if unread:
        query = query.where(Notification.read_at.is_(None))
    moment, row_id = Notification.created_at.expression, Notification.id.expression
    language = choose(request.headers.get("accept-language"))
    async with desk.database.transaction() as tx:
        rows = (await tx.scalars(page_of(query, moment, row_id, cursor, limit))).all()
        found, following = cut(rows, limit)
        return NotificationList(
            items=[shown(each, language) for each in found],
            unread=await _unread(tx, staff),
            next=following,
        )


@router.post("/read", responses=declare(NotSignedIn, CsrfFailed))
async def read_notifications(body: Read, staff: StaffDep, desk: DeskDep) -> Unread:
    """They were read; those of others and unknown ones are passed over."""
    change = update(Notification).where(
        Notification.staff_id == staff.id, Notification.read_at.is_(None)
    )
    if body.subject is not None:
        change = change.where(
            Notification.subject_kind == body.subject.kind,
            Notification.subject_id == body.subject.id,
        )
    elif not body.all:
        change = change.where(Notification.id.in_(body.ids))
    async with desk.database.transaction() as tx:
        await tx.execute(change.values(read_at=now()))
        return Unread(unread=await _unread(tx, staff))


async def _unread(tx: Transaction, staff: SignedIn) -> int:
    query = (
        select(Notification.id)
        .where(Notification.staff_id == staff.id, Notification.read_at.is_(None))
        .limit(_MOST_COUNTED)
    )
    return await tx.scalar(select(func.count()).select_from(query.subquery())) or 0
