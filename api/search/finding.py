"""Finds entries of the index, the newest first, in bounded time however frequent a word is.

What is frequent stands in the newest entries, so a few of them are read first, of all kinds at
once. Where that is not enough, all matches are looked up in the index of words, as far as there are
not too many; of what matches more often, many of the newest entries are read. An agent who may see
few of those is given these few, and not what is older: they look for something so frequent by more
words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    cast,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from api.conversations import access as conversations
from api.db import Transaction
from api.models import Conversation, SearchEntry, Ticket
from api.search.service import Kind
from api.tickets import access as tickets
from triage.visibility import Viewer

NEWEST = 1_000
"""Entries of a kind that are read first."""
MATCHES = 2_000
"""Matches up to which all of them are looked at, …"""
WINDOW = 20_000
"""… and newest entries that are read for what matches more often."""
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

    @property
    def shown_as(self) -> tuple[Kind, UUID]:
        """What is shown once, however often it matches."""
        return self.kind, (self.kind == "message" and self.parent_id) or self.subject_id


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for: the newest `limit` of each of `kinds` that they may see."""

    viewer: Viewer
    kinds: Sequence[Kind]
    limit: int


async def prepare(tx: Transaction) -> None:
    """Plans for these very words, none of which reads the whole table; for this transaction."""
    await tx.execute(
        select(
            func.set_config("plan_cache_mode", "force_custom_plan", True),
            func.set_config("enable_seqscan", "off", True),
        )
    )


async def exact(tx: Transaction, search: Search, number: str) -> list[Hit]:
    """What has exactly the number that the tsquery `number` stands for."""
    parts = [_of_all(search, kind, number) for kind in search.kinds]
    rows = await tx.execute(union_all(*parts))
    return _hits(rows, search.limit, exact=True)


async def newest(tx: Transaction, search: Search, wanted: str) -> list[Hit]:
    """The newest entries that `wanted`, a tsquery, matches."""
    parts = [_of_newest(search, kind, wanted, NEWEST) for kind in search.kinds]
    hits = _hits(await tx.execute(union_all(*parts)), search.limit)
    found = Counter(hit.kind for hit in hits)
    few = [kind for kind in search.kinds if found[kind] < search.limit]
    if not few:
        return hits
    enough = [hit for hit in hits if hit.kind not in few]
    return enough + await _thorough(tx, search, few, wanted)


async def _thorough(
    tx: Transaction, search: Search, kinds: Sequence[Kind], wanted: str
) -> list[Hit]:
    parts = [_of_all(search, kind, wanted) for kind in kinds]
    rows = (await tx.execute(union_all(*parts))).all()
    hits = _hits(rows, search.limit)
    for kind in {row.kind for row in rows if row.matches >= MATCHES}:
        rows = (await tx.execute(_of_newest(search, kind, wanted, WINDOW))).all()
        if rows:
            hits = [hit for hit in hits if hit.kind != kind] + _hits(rows, search.limit)
    return hits


def _of_newest(search: Search, kind: Kind, wanted: str, window: int) -> Select[*tuple[Any, ...]]:
    """Matches among the newest entries; reading stops when there are enough."""
    recent = _entries(kind).add_columns(_match(wanted).label("found"))
    recent = recent.order_by(SearchEntry.moment.desc()).limit(_number(window))
    entries = recent.subquery(f"newest_{kind}")
    query = select(_named(kind), *_shown(entries)).where(entries.c.found)
    return _seen(query, search, kind, entries)


def _of_all(search: Search, kind: Kind, wanted: str) -> Select[*tuple[Any, ...]]:
    """Matches among all entries, with how many there are; no more than `MATCHES` are looked at."""
    matching = _entries(kind).where(_match(wanted)).limit(_number(MATCHES))
    matches = matching.cte(f"all_{kind}").prefix_with("MATERIALIZED")
    newest_first = select(matches).order_by(matches.c.moment.desc()).limit(_number(MATCHES))
    entries = newest_first.subquery(f"sorted_{kind}")
    seen = _seen(select(*_shown(entries)), search, kind, entries).subquery(f"seen_{kind}")
    count = select(func.count().label("matches")).select_from(matches).subquery(f"count_{kind}")
    columns = (_named(kind), *_shown(seen), count.c.matches)
    return select(*columns).select_from(count.outerjoin(seen, true()))


def matching(kind: Kind, wanted: str) -> Select[str, UUID]:
    """Which `wanted`, a tsquery, matches, with their kind: `MATCHES` at most, in no order."""
    found = _entries(kind).where(_match(wanted)).limit(_number(MATCHES)).subquery()
    return select(_named(kind), found.c.subject_id)


def _entries(kind: Kind) -> Select[UUID, UUID | None, datetime]:
    """Of one kind; spelt out, so that the index of that kind serves."""
    columns = (SearchEntry.subject_id, SearchEntry.parent_id, SearchEntry.moment)
    return select(*columns).where(SearchEntry.kind == literal_column(f"'{kind}'"))


def _match(wanted: str) -> ColumnElement[bool]:
    return SearchEntry.terms.bool_op("@@")(cast(wanted, TSQUERY))


def _seen(
    query: Select[*tuple[Any, ...]], search: Search, kind: Kind, entries: Subquery
) -> Select[*tuple[Any, ...]]:
    """As many as are wanted of those that the viewer may see, asked one by one."""
    viewer, most = search.viewer, search.limit
    if kind == "message":
        most *= _A_CONVERSATION
    if kind == "message" and not viewer.leads:
        theirs = select(conversations.visible(viewer)).where(Conversation.id == entries.c.parent_id)
        query = query.where(theirs.correlate(entries).scalar_subquery())
    elif kind == "ticket" and not viewer.leads:
        theirs = select(tickets.visible(viewer)).where(Ticket.id == entries.c.subject_id)
        query = query.where(theirs.correlate(entries).scalar_subquery())
    return query.order_by(entries.c.moment.desc()).limit(_number(most))


def _named(kind: Kind) -> ColumnElement[str]:
    return literal_column(f"'{kind}'").label("kind")


def _shown(entries: FromClause) -> tuple[ColumnElement[Any], ...]:
    return entries.c.subject_id, entries.c.parent_id, entries.c.moment


def _number(count: int) -> ColumnElement[int]:
    """Spelt out for the planner."""
    return literal_column(str(int(count)))


def _hits(rows: Iterable[Any], limit: int, *, exact: bool = False) -> list[Hit]:
    """At most `limit` of each kind, each thing once; the rows of a kind come newest first."""
    hits: dict[tuple[Kind, UUID], Hit] = {}
    count: dict[Kind, int] = {}
    for row in rows:
        if row.subject_id is None:
            continue  # counts alone
        hit = Hit(row.kind, row.subject_id, row.parent_id, row.moment, exact)
        if hit.shown_as not in hits and count.get(hit.kind, 0) < limit:
            hits[hit.shown_as] = hit
            count[hit.kind] = count.get(hit.kind, 0) + 1
    return list(hits.values())
