"""The knowledge base for staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth.dependencies import StaffDep, SupervisorDep
from api.context import DeskDep
from api.errors import (
    Conflict,
    CsrfFailed,
    Forbidden,
    KeyTaken,
    NoDraft,
    NotFound,
    NotSignedIn,
    OwnDraft,
    QuestionConflict,
    UnknownPicture,
    UnknownStaff,
    declare,
)
from api.ids import today
from api.knowledge import drafts, service, similar, views
from api.knowledge.repository import State
from api.knowledge.schemas import (
    DraftChange,
    DraftMove,
    DraftOut,
    KnowledgeChange,
    KnowledgeEntryOut,
    KnowledgeList,
    KnowledgePage,
    NewEntry,
    Restore,
    SimilarList,
    SimilarQuestion,
    VersionList,
)
from api.knowledge.service import PAGE, Wanted
from api.paging import CursorParameter

router = APIRouter(prefix="/api/v1/knowledge", tags=["knowledge"])

_STAFF = (NotSignedIn, CsrfFailed, Forbidden)
_CHECKED = (UnknownStaff, UnknownPicture, QuestionConflict)


@router.get("", responses=declare(NotSignedIn))
async def list_entries(
    _staff: StaffDep,
    desk: DeskDep,
    query: Annotated[str | None, Query(max_length=200)] = None,
    category: Annotated[str | None, Query(max_length=32)] = None,
    state: State | None = None,
    due_for_review: bool = False,
    cursor: CursorParameter = None,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> KnowledgeList:
    """Entries whose question, answer or wording holds `query`, the last changed first.

    `due_for_review`: whose owner should look at them by today.
    """
    due = today() if due_for_review else None
    wanted = Wanted(query, category, state, due, cursor, limit)
    async with desk.database.transaction() as tx:
        return await service.listing(tx, wanted, desk.settings)


@router.post("", status_code=201, responses=declare(*_STAFF, KeyTaken, *_CHECKED))
async def create_entry(body: NewEntry, staff: SupervisorDep, desk: DeskDep) -> KnowledgePage:
    """A new entry: a draft, or with `publish` live at once."""
    async with desk.database.transaction() as tx:
        return await service.create(tx, staff, body, desk.settings)


@router.post("/similar", responses=declare(NotSignedIn, CsrfFailed))
async def find_similar(body: SimilarQuestion, _staff: StaffDep, desk: DeskDep) -> SimilarList:
    """Entries with a question like `text`, while somebody writes one."""
    return await similar.similar(desk.database, desk.queue, body.text, body.except_key)


@router.get("/{key}", responses=declare(NotSignedIn, NotFound))
async def open_entry(key: str, _staff: StaffDep, desk: DeskDep) -> KnowledgePage:
    """An entry with its draft and its newest 20 versions."""
    async with desk.database.transaction() as tx:
        return await service.page(tx, key, desk.settings)


@router.put("/{key}", responses=declare(*_STAFF, NotFound, Conflict, *_CHECKED))
async def change_entry(
    key: str, body: KnowledgeChange, staff: SupervisorDep, desk: DeskDep
) -> KnowledgeEntryOut:
    """Edit an entry: customers read the new answer at once, the bot learns new questions with the
    next release."""
    async with desk.database.transaction() as tx:
        return await service.change(tx, key, body, staff, desk.settings)


@router.put("/{key}/draft", responses=declare(*_STAFF, NotFound, NoDraft, Conflict))
async def save_draft(key: str, body: DraftChange, staff: SupervisorDep, desk: DeskDep) -> DraftOut:
    """Write a draft; customers are answered as before."""
    async with desk.database.transaction() as tx:
        draft = await drafts.save(tx, staff, key, body.content, body.version, body.base_version)
        return (await views.drafts_out(tx, [draft]))[0]


@router.post("/{key}/draft/submit", responses=declare(*_STAFF, NoDraft, Conflict))
async def submit_draft(key: str, body: DraftMove, staff: SupervisorDep, desk: DeskDep) -> DraftOut:
    """Ask for a review."""
    async with desk.database.transaction() as tx:
        draft = await drafts.submit(tx, staff, key, body.version)
        return (await views.drafts_out(tx, [draft]))[0]


@router.post(
    "/{key}/draft/publish", responses=declare(*_STAFF, NoDraft, Conflict, OwnDraft, *_CHECKED)
)
async def publish_draft(
    key: str, body: DraftMove, staff: SupervisorDep, desk: DeskDep
) -> KnowledgePage:
    """Answer customers from the draft. One in review is published by somebody else than its author,
    or by an admin."""
    async with desk.database.transaction() as tx:
        await drafts.publish(tx, staff, key, body.version, body.note)
        return await service.page(tx, key, desk.settings)


@router.post("/{key}/draft/discard", status_code=204, responses=declare(*_STAFF, NoDraft, Conflict))
async def discard_draft(key: str, body: DraftMove, staff: SupervisorDep, desk: DeskDep) -> Response:
    """Throw the draft away."""
    async with desk.database.transaction() as tx:
        await drafts.discard(tx, staff, key, body.version)
    return Response(status_code=204)


@router.get("/{key}/versions", responses=declare(NotSignedIn, NotFound))
async def list_versions(key: str, _staff: StaffDep, desk: DeskDep) -> VersionList:
    """Everything an entry ever said, with what each version changed."""
    async with desk.database.transaction() as tx:
        return VersionList.model_construct(items=await service.versions(tx, key))


@router.post("/{key}/restore", responses=declare(*_STAFF, NotFound, Conflict, *_CHECKED))
async def restore_version(
    key: str, body: Restore, staff: SupervisorDep, desk: DeskDep
) -> KnowledgeEntryOut:
    """Let an entry say again what it said in an earlier version, as a new one."""
    async with desk.database.transaction() as tx:
        return await service.restore(tx, key, body.version, body.current, staff, desk.settings)
