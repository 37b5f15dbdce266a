"""The knowledge base for staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.dependencies import StaffDep, SupervisorDep
from api.context import DeskDep
from api.errors import Conflict, CsrfFailed, Forbidden, NotFound, NotSignedIn, declare
from api.knowledge import service
from api.knowledge.schemas import KnowledgeChange, KnowledgeEntryOut, KnowledgeList

router = APIRouter(prefix="/api/v1/knowledge", tags=["knowledge"])


@router.get("", responses=declare(NotSignedIn))
async def list_entries(
    _staff: StaffDep,
    desk: DeskDep,
    query: Annotated[str | None, Query(max_length=200)] = None,
    category: Annotated[str | None, Query(max_length=32)] = None,
) -> KnowledgeList:
    """Entries whose question, answer or wording holds `query`."""
    async with desk.database.transaction() as tx:
        return KnowledgeList(items=await service.listing(tx, query, category))


@router.put("/{key}", responses=declare(NotSignedIn, CsrfFailed, Forbidden, NotFound, Conflict))
async def change_entry(
    key: str, body: KnowledgeChange, staff: SupervisorDep, desk: DeskDep
) -> KnowledgeEntryOut:
    """Edit an entry: the bot gives the new answer at the next question."""
    async with desk.database.transaction() as tx:
        return await service.change(tx, key, body, staff.id)
