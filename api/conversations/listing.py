"""Lists of conversations: views, filters, pages and counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, text

from api.conversations import queue_order
from api.conversations.access import holder, visible
from api.conversations.deadlines import breaching
from api.conversations.schemas import ViewCounts
from api.db import Transaction
from api.models import Conversation, Customer, Notification, Staff
from api.paging import cut_by, page_of
from api.policies.service import policies
from api.search.matching import Place, mentioned
from triage.ownership import WITH_AGENT, State
from triage.visibility import Viewer

View = Literal["queue", "mine", "team", "unassigned", "open", "breaching", "mentioned", "closed"]
_VIEWS: tuple[View, ...] = (
    *("queue", "mine", "team", "unassigned", "open", "breaching", "mentioned", "closed"),
)
_MOST_COUNTED = 10_000
_MOST_CLOSED_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; None: everything.

    `q` is looked for in the newest message, and is what the search finds the customer by;
    `agent_id` is who has the conversation or had it last.
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
) -> tuple[list[Conversation], str | None]:
    """A page of the conversations the viewer may see, and the cursor of the next one.

    The queue comes as it is given out, everything else the newest change first. Raises
    ValidationFailed for a cursor that is none of this view.
    """
    await _plan_afresh(tx)
    conditions = [
        visible(viewer),
        _in_view(wanted.view, viewer, now, await _called_since(tx, now)),
        *_narrowed(wanted),
    ]
    if wanted.q and wanted.q.strip():
        conditions.append(await _mentions(tx, wanted.q.strip()))
    if wanted.view == "queue":
        return await _queue(tx, conditions, cursor, limit)
    changed, row_id = Conversation.updated_at.expression, Conversation.id.expression
    query = page_of(select(Conversation).where(*conditions), changed, row_id, cursor, limit)
    return cut_by((await tx.scalars(query)).all(), limit, lambda row: row.updated_at)


@dataclass(frozen=True, slots=True)
class _Queued:
    id: UUID
    conversation: Conversation
    turn: datetime


async def _queue(
    tx: Transaction, conditions: Sequence[ColumnElement[bool]], cursor: str | None, limit: int
) -> tuple[list[Conversation], str | None]:
    turn = queue_order.turn((await policies(tx)).routing.order)
    query = select(Conversation, turn.label("turn")).join(
        Customer, Customer.id == Conversation.customer_id
    )
    query = page_of(
        query.where(*conditions), turn, Conversation.id.expression, cursor, limit, "oldest"
    )
    rows = [_Queued(row.id, row, at) for row, at in await tx.execute(query)]
    shown, following = cut_by(rows, limit, lambda row: row.turn, "oldest")
    return [row.conversation for row in shown], following


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
    return conditions


async def _mentions(tx: Transaction, words: str) -> ColumnElement[bool]:
    customer = Place("customer", Conversation.customer_id.expression)
    said = func.strpos(_as_typed(words), words.lower()) > 0
    return said | await mentioned(tx, words, [customer])


def _as_typed(words: str) -> ColumnElement[str | None]:
    """Chinese has no upper case, and is looked for in half the time without."""
    said = Conversation.last_text.expression
    return said if words.lower() == words.upper() else func.lower(said)
