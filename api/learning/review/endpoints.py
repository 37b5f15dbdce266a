"""The review queue: supervisors and admins look at messages and say what they are."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query

from api.auth.dependencies import SupervisorDep
from api.context import DeskDep
from api.db import Transaction
from api.errors import (
    ClusterClosed,
    Conflict,
    CsrfFailed,
    DeskError,
    Forbidden,
    LineConflict,
    NotFound,
    NotLearnable,
    NotSignedIn,
    QuestionConflict,
    declare,
)
from api.i18n import choose, say
from api.ids import now
from api.knowledge.content import restored
from api.learning.review import clusters, collecting, deciding, items, views
from api.learning.review.items import Filter
from api.learning.review.schemas import (
    MOST_AT_ONCE,
    AlikeItem,
    AlikeList,
    BulkIn,
    BulkOut,
    BulkResult,
    ClusterList,
    ClusterOut,
    DecidedList,
    DecisionIn,
    ItemOut,
    ItemPage,
    Proposed,
    State,
)
from api.models import ReviewItem
from api.paging import CursorParameter, Limit
from api.policies.service import policies
from classifier.clusters import LEAST
from triage.worth import Reason

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

_READING = declare(NotSignedIn, Forbidden)
_WRITING = declare(NotSignedIn, CsrfFailed, Forbidden, NotFound)
_MOST_ALIKE = 50
_Language = Annotated[str | None, Header(alias="accept-language")]


@router.get("/review", responses=_READING)
async def list_review(
    staff: SupervisorDep,
    desk: DeskDep,
    reason: Reason | None = None,
    state: State = "open",
    cluster: Annotated[UUID | None, Query(description="only messages of this cluster")] = None,
    cursor: CursorParameter = None,
    limit: Limit = 30,
    accept_language: _Language = None,
) -> ItemPage:
    """Messages worth a look, the most valuable first."""
    async with desk.database.transaction() as tx:
        rows, following = await items.page(tx, Filter(state, reason, cluster), cursor, limit)
        waiting, reasons = await items.counts(tx)
        since = await _midnight(tx)
        return ItemPage.model_validate(
            {
                "items": await views.shown(tx, rows, choose(accept_language)),
                "next": following,
                "open": waiting,
                "done_today": await items.decided_since(tx, staff.id, since),
                "reasons": reasons,
            }
        )


@router.get("/review/today", responses=_READING)
async def decided_today(
    staff: SupervisorDep, desk: DeskDep, accept_language: _Language = None
) -> DecidedList:
    """What the reader has decided since midnight at the desk, the last first, at most 100."""
    async with desk.database.transaction() as tx:
        rows = await items.decided(tx, staff.id, await _midnight(tx), MOST_AT_ONCE)
        return DecidedList(items=await views.shown(tx, rows, choose(accept_language)))


@router.post("/review/bulk", responses=_WRITING)
async def decide_many(
    body: BulkIn, staff: SupervisorDep, desk: DeskDep, accept_language: _Language = None
) -> BulkOut:
    """One decision on many messages; those it cannot be made on are named, the others are done."""
    ids = list(dict.fromkeys(body.message_ids))
    async with desk.database.transaction() as tx:
        found = await deciding.decide(tx, staff, ids, body.wish())
    language = choose(accept_language)
    return BulkOut(items=[_result(each, found[each], language) for each in ids])


@router.get("/review/{message_id}", responses=_READING | declare(NotFound))
async def read_item(
    message_id: UUID, _staff: SupervisorDep, desk: DeskDep, accept_language: _Language = None
) -> ItemOut:
    """One message of the queue."""
    async with desk.database.transaction() as tx:
        return await _shown(tx, await _get(tx, message_id), accept_language)


@router.post(
    "/review/{message_id}",
    responses=_WRITING | declare(Conflict, NotLearnable, LineConflict, QuestionConflict),
)
async def decide_one(
    message_id: UUID,
    body: DecisionIn,
    staff: SupervisorDep,
    desk: DeskDep,
    accept_language: _Language = None,
) -> ItemOut:
    """Say what a message is: it is learned with the next release.

    The same once more is harmless; an item that was decided otherwise has to be reopened first.
    """
    async with desk.database.transaction() as tx:
        error = (await deciding.decide(tx, staff, [message_id], body.wish()))[message_id]
        if error is not None:
            raise error
        return await _shown(tx, await _get(tx, message_id), accept_language)


@router.post("/review/{message_id}/reopen", responses=_WRITING | declare(Conflict))
async def reopen_item(
    message_id: UUID, staff: SupervisorDep, desk: DeskDep, accept_language: _Language = None
) -> ItemOut:
    """Take a decision back, with what was learned from it."""
    async with desk.database.transaction() as tx:
        item = await deciding.reopen(tx, staff, message_id)
        await tx.flush()
        return await _shown(tx, item, accept_language)


@router.get("/review/{message_id}/alike", responses=_READING | declare(NotFound))
async def alike_items(
    message_id: UUID, _staff: SupervisorDep, desk: DeskDep, accept_language: _Language = None
) -> AlikeList:
    """Open messages that mean about the same, at most 50."""
    async with desk.database.transaction() as tx:
        found = await items.alike(tx, await _get(tx, message_id), _MOST_ALIKE)
        scores = {item.message_id: round(score, 4) for item, score in found}
        rows = await views.shown(tx, [item for item, _ in found], choose(accept_language))
    return AlikeList(
        items=[AlikeItem(item=item, score=min(1.0, scores[item.message_id])) for item in rows]
    )


@router.get("/clusters", responses=_READING)
async def list_clusters(_staff: SupervisorDep, desk: DeskDep) -> ClusterList:
    """Unknown questions that belong together."""
    async with desk.database.transaction() as tx:
        return ClusterList(
            items=[views.cluster_out(each) for each in await clusters.listing(tx)],
            looked_at=await collecting.looked_until(tx),
            unknown=await items.not_understood(tx),
            least=LEAST,
        )


@router.post("/clusters/{cluster_id}/propose", responses=_WRITING | declare(ClusterClosed))
async def propose_entry(cluster_id: UUID, staff: SupervisorDep, desk: DeskDep) -> Proposed:
    """Make a knowledge draft of a cluster, with its messages as questions and no answer yet."""
    async with desk.database.transaction() as tx:
        draft = await clusters.propose(tx, staff, cluster_id)
        content = restored(draft.content)
        return Proposed(
            key=draft.key,
            question=content.question,
            questions=content.questions,
            version=draft.version,
        )


@router.post("/clusters/{cluster_id}/dismiss", responses=_WRITING | declare(ClusterClosed))
async def dismiss_cluster(cluster_id: UUID, staff: SupervisorDep, desk: DeskDep) -> ClusterOut:
    """Show a cluster no more; its messages stay in the queue."""
    async with desk.database.transaction() as tx:
        cluster = await clusters.dismiss(tx, staff, cluster_id)
        return views.cluster_out(await clusters.show(tx, cluster))


async def _midnight(tx: Transaction) -> datetime:
    """When the desk's day began."""
    calendar = (await policies(tx)).calendar
    return datetime.combine(calendar.local_date(now()), time(), tzinfo=calendar.zone)


async def _get(tx: Transaction, message_id: UUID) -> ReviewItem:
    item = await tx.get(ReviewItem, message_id)
    if item is None:
        raise NotFound
    return item


async def _shown(tx: Transaction, item: ReviewItem, accept_language: str | None) -> ItemOut:
    found = await views.shown(tx, [item], choose(accept_language))
    if not found:
        raise NotFound
    return found[0]


def _result(message_id: UUID, error: DeskError | None, language: str) -> BulkResult:
    if error is None:
        return BulkResult(message_id=message_id, done=True)
    return BulkResult(
        message_id=message_id,
        done=False,
        code=error.code,
        message=say(f"error.{error.code}", language),
    )
