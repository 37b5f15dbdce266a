"""回访: asking a customer again some working days after closing (norms §5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select, true

from api.auth.service import Role, SignedIn
from api.db import Transaction
from api.deadlines import service
from api.deadlines.people import concern, reached
from api.deadlines.targets import FOLLOW_UP
from api.errors import AlreadyDone, NotFound, TooEarly
from api.ids import new_id, now
from api.models import FollowUp, Staff, Ticket
from api.notifications.service import notify
from api.policies.service import policies
from triage.follow_up import follow_up_window
from triage.policy.escalation import Rung

Due = Literal["now", "later", "done", "open"]
SUBJECT = "follow_up"


async def plan(
    tx: Transaction,
    customer_id: UUID,
    owner_id: UUID | None,
    closed_at: datetime,
    *,
    ticket_id: UUID | None = None,
    conversation_id: UUID | None = None,
) -> FollowUp:
    """Ask again in the window of the policy; who is to do it is told when it opens.

    An owner who does not work here any more is none.
    """
    known = await policies(tx)
    working = select(Staff.id).where(Staff.id == owner_id, Staff.active)
    window = follow_up_window(closed_at, known.follow_up, known.calendar)
    task = FollowUp(
        id=new_id(),
        customer_id=customer_id,
        ticket_id=ticket_id,
        conversation_id=conversation_id,
        owner_id=await tx.scalar(working),
        not_before=window.not_before,
        due_at=window.due_at,
        created_at=now(),
    )
    tx.add(task)
    row = await service.start(tx, SUBJECT, task.id, FOLLOW_UP, at=closed_at)
    row.warn_at = row.next_look_at = window.not_before
    row.due_at = window.due_at
    await tx.flush()
    return task


async def release(tx: Transaction, staff_id: UUID) -> None:
    """Somebody works here no more: what they were to ask is nobody's, and who may do it is told."""
    query = select(FollowUp).where(FollowUp.owner_id == staff_id, FollowUp.done_at.is_(None))
    moment = now()
    for task in (await tx.scalars(query.order_by(FollowUp.id).with_for_update())).all():
        task.owner_id = None
        if task.not_before <= moment:
            await tell(tx, task)


async def tell(tx: Transaction, task: FollowUp) -> None:
    """Its window is open: tell its owner, else the team of its ticket, else the supervisors."""
    about = await concern(tx, SUBJECT, task.id)
    told: Sequence[UUID] = [about.agent_id] if about.agent_id else []
    if not told and about.team_id is not None:
        team = select(Staff.id).where(Staff.team_id == about.team_id, Staff.active)
        told = (await tx.scalars(team.order_by(Staff.username))).all()
    if not told:
        told, _ = await reached(tx, about, [Rung.LEAD])
    data = {"title": about.title, "deadline": FOLLOW_UP}
    await notify(tx, told, "follow_up_due", SUBJECT, task.id, data)


async def call_off(tx: Transaction, ticket_id: UUID) -> None:
    """The ticket is open again: what was planned is not asked."""
    query = select(FollowUp).where(FollowUp.ticket_id == ticket_id, FollowUp.done_at.is_(None))
    for task in (await tx.scalars(query)).all():
        await service.cancel(tx, task.id)
        await tx.delete(task)
    await tx.flush()


async def listed(
    tx: Transaction, staff: SignedIn, due: Due, at: datetime, limit: int, *, mine: bool
) -> list[FollowUp]:
    """Tasks to do `now`, `later`, both (`open`), or `done`; those that are due first come first.

    Agents see their own, their team's, and what is nobody's, unless it is of another team's ticket.
    """
    query = select(FollowUp).where(await _visible(tx, staff)).limit(limit)
    if due == "done":
        query = query.where(FollowUp.done_at.is_not(None))
        query = query.order_by(FollowUp.done_at.desc(), FollowUp.id)
    else:
        query = query.where(FollowUp.done_at.is_(None))
        query = query.order_by(FollowUp.due_at, FollowUp.id)
    if due == "now":
        query = query.where(FollowUp.not_before <= at)
    elif due == "later":
        query = query.where(FollowUp.not_before > at)
    if mine:
        query = query.where(FollowUp.owner_id == staff.id)
    return list((await tx.scalars(query)).all())


async def finish(
    tx: Transaction, follow_up_id: UUID, staff: SignedIn, *, satisfied: bool | None, result: str
) -> FollowUp:
    """The customer was asked. Raises NotFound, AlreadyDone, TooEarly before the window."""
    visible = await _visible(tx, staff)
    query = select(FollowUp).where(FollowUp.id == follow_up_id, visible).with_for_update()
    task = await tx.scalar(query.execution_options(populate_existing=True))
    if task is None:
        raise NotFound
    if task.done_at is not None:
        raise AlreadyDone
    moment = now()
    if moment < task.not_before:
        raise TooEarly(not_before=task.not_before.isoformat())
    task.done_at, task.done_by = moment, staff.id
    task.satisfied, task.result = satisfied, result
    await service.meet(tx, task.id, FOLLOW_UP, at=moment)
    return task


async def _visible(tx: Transaction, staff: SignedIn) -> ColumnElement[bool]:
    if staff.role.covers(Role.SUPERVISOR):
        return true()
    team_id = await tx.scalar(select(Staff.team_id).where(Staff.id == staff.id))
    team = select(Staff.id).where(Staff.team_id.is_not_distinct_from(team_id))
    elsewhere = select(Ticket.id).where(
        Ticket.team_id.is_not(None), Ticket.team_id.is_distinct_from(team_id)
    )
    nobodys = FollowUp.owner_id.is_(None) & (
        FollowUp.ticket_id.is_(None) | FollowUp.ticket_id.not_in(elsewhere)
    )
    return nobodys | FollowUp.owner_id.in_(team)
