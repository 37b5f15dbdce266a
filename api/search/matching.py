"""The search as a condition of other queries: what of a list matches."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Uuid,
    any_,
    cast,
    false,
    literal,
    literal_column,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import aliased

from api.db import Transaction
from api.models import SearchEntry
from api.search import finding, terms
from api.search.service import Kind


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list the id of something stands that the search knows."""

    kind: Kind
    id: ColumnElement[UUID]


async def mentioned(tx: Transaction, words: str, places: list[Place]) -> ColumnElement[bool]:
    """As a condition of a query: in one of `places` stands what the search finds by `words`.

    What few things match is listed; what more match is asked of each row, newest first, which soon
    has a page together.
    """
    wanted = terms.question(words)
    if wanted is None:
        return false()
    await finding.prepare(tx)
    parts = [finding.matching(place.kind, wanted) for place in places]
    found: dict[str, list[UUID]] = {place.kind: [] for place in places}
    for kind, subject_id in await tx.execute(union_all(*parts)):
        found[kind].append(subject_id)
    await tx.execute(text("SET LOCAL enable_seqscan = on"))
    condition: ColumnElement[bool] = false()
    for place in places:
        ids = found[place.kind]
        rare = len(ids) < finding.MATCHES
        condition |= _one_of(place, ids) if rare else _matches(place, wanted)
    return condition


def _one_of(place: Place, ids: list[UUID]) -> ColumnElement[bool]:
    return place.id == any_(literal(ids, ARRAY(Uuid)))


def _matches(place: Place, wanted: str) -> ColumnElement[bool]:
    entry = aliased(SearchEntry)
    match = entry.terms.bool_op("@@")(cast(wanted, TSQUERY))
    one = select(match).where(
        entry.kind == literal_column(f"'{place.kind}'"), entry.subject_id == place.id
    )
    return one.scalar_subquery()
