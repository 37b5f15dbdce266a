"""One search over conversations, tickets, customers and the knowledge base."""

from __future__ import annotations

import time
from typing import Annotated, get_args

from fastapi import APIRouter, Query

from api.auth.dependencies import StaffDep
from api.context import DeskDep
from api.conversations.access import viewer_of
from api.errors import NotSignedIn, ValidationFailed, declare
from api.search import finding, terms
from api.search.finding import Hit, Search
from api.search.schemas import FoundKind, FoundList
from api.search.service import Kind
from api.search.showing import shown

router = APIRouter(prefix="/api/v1/search", tags=["search"])

_ALL: tuple[FoundKind, ...] = get_args(FoundKind)
_KINDS: dict[FoundKind, Kind] = {
    "conversation": "message",
    "ticket": "ticket",
    "customer": "customer",
    "knowledge": "knowledge",
}


@router.get("", responses=declare(NotSignedIn))
async def search(
    staff: StaffDep,
    desk: DeskDep,
    q: Annotated[str, Query(max_length=100)],
    kinds: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=30)] = 8,
) -> FoundList:
    """What holds everything in `q`: what has exactly that number first, then the newest.

    Any part of a Chinese word is found, Latin words by their beginning, order and ticket numbers
    by any four digits in a row, Chinese words and names by their pinyin initials too (`wlxx`).
    `kinds` are some of `conversation`, `ticket`, `customer`, `knowledge`, divided by commas;
    `limit` is the most of each. An agent finds what they may see.
    """
    started = time.perf_counter()
    wanted = _wanted(kinds)
    query = terms.question(q)
    if query is None:
        return FoundList(items=[], took_ms=0)
    number = terms.whole_number(q)
    async with desk.database.transaction() as tx:
        await finding.prepare(tx)
        looked_for = Search(await viewer_of(tx, staff), [_KINDS[kind] for kind in wanted], limit)
        hits = await finding.exact(tx, looked_for, number) if number is not None else []
        hits += await finding.newest(tx, looked_for, query)
        items = await shown(tx, _best(hits, limit), terms.parts_of(q))
    took = (time.perf_counter() - started) * 1000
    return FoundList(items=items, took_ms=round(took, 1))


def _wanted(kinds: str | None) -> list[FoundKind]:
    """Raises ValidationFailed for a kind that is not known."""
    if kinds is None:
        return list(_ALL)
    given = {kind.strip() for kind in kinds.split(",")}
    if not given <= set(_ALL):
        raise ValidationFailed(fields=[{"field": "query.kinds", "problem": "kinds"}])
    return [kind for kind in _ALL if kind in given]


def _best(hits: list[Hit], limit: int) -> list[Hit]:
    """Each once, at most `limit` of a kind, exact ones first, then the newest."""
    best: dict[object, Hit] = {}
    count: dict[str, int] = {}
    for hit in sorted(hits, key=lambda hit: (hit.exact, hit.moment), reverse=True):
        if hit.shown_as not in best and count.get(hit.kind, 0) < limit:
            count[hit.kind] = count.get(hit.kind, 0) + 1
            best[hit.shown_as] = hit
    return list(best.values())
