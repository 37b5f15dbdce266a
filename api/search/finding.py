"""Finds entries of the index, the newest first, in bounded time however frequent a word is.

What few entries match is looked up in the index of words, all of it. A word that more match stands
in many of the newest entries, so these are read until there are enough. An agent who may see few of
them is given those, and not what is older: they look for something so frequent by more words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CTE, Row, Select, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import TSQUERY

from api.conversations import access as conversations
from api.db import Transaction
from api.models import Conversation, SearchEntry, Ticket
from api.search.service import Kind
from api.tickets import access as tickets
from triage.tickets import Viewer

RARE = 1_000
"""Matches up to which all of them are looked at."""
WINDOW = 20_000
"""Newest entries that are read for a frequent word, …"""
_CANDIDATES = 400
"""… until so many match; some of them the viewer may not see."""
_A_CONVERSATION = 5
"""Messages read for each conversation that is wanted: some are of the same one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry: of messages the newest of its conversation."""

    kind: Kind
    subject_id: UUID
    parent_id: UUID | None
    moment: datetime
    exact: bool = False
    """It has the very number that was looked for."""


async def newest(
    tx: Transaction, viewer: Viewer, kind: Kind, wanted: str, limit: int, *, exact: bool = False
) -> list[Hit]:
    """The newest `limit` entries that `wanted`, a tsquery, matches and the viewer may see.

    `exact` is told of them.
    """
    match = SearchEntry.terms.bool_op("@@")(cast(wanted, TSQUERY))
    matches = _entries(kind).where(match)
    some = matches.limit(RARE).cte("matches").prefix_with("MATERIALIZED")
    count = await tx.scalar(select(func.count()).select_from(some))
    if not count:
        return []
    if count < RARE:
        return await _read(tx, viewer, kind, some, limit, exact=exact)
    recent = _entries(kind).add_columns(match.label("found")).order_by(SearchEntry.moment.desc())
    window = recent.limit(WINDOW).subquery()
    columns = (window.c.subject_id, window.c.parent_id, window.c.moment)
    found = select(*columns).where(window.c.found).limit(_CANDIDATES)
    hits = await _read(tx, viewer, kind, found.cte().prefix_with("MATERIALIZED"), limit)
    if hits:
        return hits
    everything = matches.cte("matches").prefix_with("MATERIALIZED")
    return await _read(tx, viewer, kind, everything, limit, exact=exact)


def _entries(kind: Kind) -> Select[UUID, UUID | None, datetime]:
    """Of one kind; spelt out, so that the index of that kind serves."""
    columns = (SearchEntry.subject_id, SearchEntry.parent_id, SearchEntry.moment)
    return select(*columns).where(SearchEntry.kind == literal_column(f"'{kind}'"))


async def _read(
    tx: Transaction,
    viewer: Viewer,
    kind: Kind,
    rows: CTE,
    limit: int,
    *,
    exact: bool = False,
) -> list[Hit]:
    query = select(rows.c.subject_id, rows.c.parent_id, rows.c.moment)
    most = limit
    if kind == "message":
        most = limit * _A_CONVERSATION
    if kind == "message" and not viewer.leads:
        query = query.join(Conversation, Conversation.id == rows.c.parent_id)
        query = query.where(conversations.visible(viewer))
    elif kind == "ticket" and not viewer.leads:
        query = query.join(Ticket, Ticket.id == rows.c.subject_id).where(tickets.visible(viewer))
    found = await tx.execute(query.order_by(rows.c.moment.desc()).limit(most))
    return _hits(kind, found.all(), limit, exact)


def _hits(
    kind: Kind, rows: Sequence[Row[UUID, UUID | None, datetime]], limit: int, exact: bool
) -> list[Hit]:
    hits: dict[UUID, Hit] = {}
    for subject_id, parent_id, moment in rows:
        key = parent_id if kind == "message" and parent_id else subject_id
        hits.setdefault(key, Hit(kind, subject_id, parent_id, moment, exact))
    return list(hits.values())[:limit]
