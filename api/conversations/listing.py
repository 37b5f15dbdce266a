"""Lists of conversations: views, filters, pages and counts."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, text, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from api.conversations.access import holder, visible
from api.conversations.deadlines import breaching
from api.conversations.schemas import ViewCounts
from api.db import Transaction
from api.errors import ValidationFailed
from api.models import Conversation, Customer, Notification, Staff
from api.policies.service import policies
from triage.ownership import WITH_AGENT, State
from triage.tickets import Viewer

View = Literal["queue", "mine", "team", "unassigned", "open", "breaching", "mentioned", "closed"]
_VIEWS: tuple[View, ...] = (
    *("queue", "mine", "team", "unassigned", "open", "breaching", "mentioned", "closed"),
)
_MOST_COUNTED = 10_000
_MOST_CLOSED_COUNTED = 1_000
_PRIORITY = func.coalesce(Conversation.priority, "P4")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; None: everything.

    `q` is looked for in the customer's name and the newest message, `agent_id` is who has the
    conversation or had it last.
    """

    view: View = "queue"
    priority: str | None = None
    category: str | None = None
    channel: str | None = None
    q: str | None = None
    tag: str | None = None
    agent_id: UUID | None = None


async def page(
    tx: Transaction, viewer: Viewer, wanted: Filter, cursor: str | None, limit: int, now: datetime
) -> tuple[Sequence[Conversation], str | None]:
    """A page of the conversations the viewer may see, and the cursor of the next one.

    The queue comes by priority and waiting time, everything else the newest change first. Raises
    ValidationFailed for a cursor that is none of this view.
    """
    await _plan_afresh(tx)
    query = select(Conversation).where(
        visible(viewer),
        _in_view(wanted.view, viewer, now, await _called_since(tx, now)),
        *_narrowed(wanted),
    )
    query = _queued_after(query, cursor) if wanted.view == "queue" else _changed(query, cursor)
    found = (await tx.scalars(query.limit(limit + 1))).all()
    if len(found) <= limit:
        return found, None
    return found[:limit], _cursor_behind(found[limit - 1], wanted.view)


async def counts(tx: Transaction, viewer: Viewer, now: datetime) -> ViewCounts:
    """How many conversations each view holds; counting stops where `ViewCounts` says."""
    await _plan_afresh(tx)
    called_since = await _called_since(tx, now)
    columns = []
    for view in _VIEWS:
        most = _MOST_CLOSED_COUNTED if view == "closed" else _MOST_COUNTED
        some = select(literal(1)).select_from(Conversation)
        some = some.where(visible(viewer), _in_view(view, viewer, now, called_since))
        columns.append(
            select(func.count())
            .select_from(some.limit(most).subquery())
            .scalar_subquery()
            .label(view)
        )
    row = (await tx.execute(select(*columns))).one()
    return ViewCounts.model_validate(row._asdict())


async def _plan_afresh(tx: Transaction) -> None:
    """PostgreSQL's plan for any view is a bad one for each: a hundred thousand conversations are
    closed and some hundred are not."""
    await tx.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


async def _called_since(tx: Transaction, now: datetime) -> datetime:
    return now - timedelta(days=(await policies(tx)).conversations.mentioned_days)


def _in_view(
    view: View, viewer: Viewer, now: datetime, called_since: datetime
) -> ColumnElement[bool]:
    state = Conversation.state
    if view == "queue":
        return state == State.QUEUED
    if view == "mine":
        return (Conversation.owner_id == viewer.id) & state.in_(_WITH_AGENT)
    if view == "team":
        return state.in_(_WITH_AGENT) & Conversation.owner_id.in_(_members(viewer))
    if view == "unassigned":
        return state.in_([State.QUEUED, State.TICKETED])
    if view == "open":
        begun = Conversation.last_seq > 0
        return state.in_([State.BOT, State.TICKETED, *_WITH_AGENT]) & begun
    if view == "breaching":
        return state.in_(_NOT_CLOSED) & breaching(now)
    if view == "mentioned":
        return Conversation.id.in_(_called(viewer, called_since))
    return state == State.CLOSED


_WITH_AGENT = sorted(WITH_AGENT)
_NOT_CLOSED = sorted(set(State) - {State.CLOSED})


def _members(viewer: Viewer) -> Select[UUID]:
    return select(Staff.id).where(Staff.team_id.is_not_distinct_from(viewer.team_id))


def _called(viewer: Viewer, since: datetime) -> Select[UUID]:
    return select(Notification.subject_id).where(
        Notification.staff_id == viewer.id,
        Notification.created_at > since,
        Notification.kind == "mentioned",
        Notification.subject_kind == "conversation",
    )


def _narrowed(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.priority is not None:
        conditions.append(Conversation.priority == wanted.priority)
    if wanted.category is not None:
        conditions.append(Conversation.category == wanted.category)
    if wanted.channel is not None:
        conditions.append(Conversation.channel == wanted.channel)
    if wanted.agent_id is not None:
        conditions.append(holder() == wanted.agent_id)
    if wanted.tag is not None:
        conditions.append(Conversation.tags.contains([wanted.tag]))
    if wanted.q and wanted.q.strip():
        conditions.append(_mentions(wanted.q.strip()))
    return conditions


def _mentions(words: str) -> ColumnElement[bool]:
    named = select(Customer.id).where(_holds(Customer.display_name, words))
    said = _holds(Conversation.last_text, words)
    return or_(said, Conversation.customer_id.in_(named))


def _holds(column: InstrumentedAttribute[Any], words: str) -> ColumnElement[bool]:
    """Chinese has no upper case, and is looked for in half the time without."""
    if words.lower() == words.upper():
        return column.contains(words, autoescape=True)
    return column.icontains(words, autoescape=True)


def _queued_after(query: Select[Conversation], cursor: str | None) -> Select[Conversation]:
    place = (_PRIORITY, Conversation.queued_at, Conversation.id)
    if cursor is not None:
        priority, moment, row_id = _read_cursor(cursor, "queue")
        query = query.where(tuple_(*place) > (priority, moment, row_id))
    return query.order_by(*place)


def _changed(query: Select[Conversation], cursor: str | None) -> Select[Conversation]:
    place = (Conversation.updated_at, Conversation.id)
    if cursor is not None:
        _, moment, row_id = _read_cursor(cursor, "changed")
        query = query.where(tuple_(*place) < (moment, row_id))
    return query.order_by(*(column.desc() for column in place))


def _cursor_behind(last: Conversation, view: View) -> str:
    if view == "queue":
        moment = last.queued_at or last.updated_at
        parts: list[Any] = ["queue", last.priority or "P4", moment.isoformat(), str(last.id)]
    else:
        parts = ["changed", "", last.updated_at.isoformat(), str(last.id)]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _read_cursor(given: str, order: str) -> tuple[str, datetime, UUID]:
    try:
        raw = base64.b64decode(given + "=" * (-len(given) % 4), b"-_", validate=True)
        kind, priority, moment, row_id = json.loads(raw)
        at = datetime.fromisoformat(moment)
        if kind != order or at.tzinfo is None:
            raise ValueError(kind)
        return str(priority), at, UUID(row_id)
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise ValidationFailed(fields=[{"field": "query.cursor", "problem": "cursor"}]) from None
