"""Releases for supervisors and admins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.auth.dependencies import SupervisorDep
from api.context import DeskDep
from api.errors import Forbidden, NotSignedIn, declare
from api.learning import releases

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])


class ReleaseOut(BaseModel):
    """One release with its evaluation on held-out data."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    state: str
    created_at: datetime
    promoted_at: datetime | None
    data_hash: str
    evaluation: dict[str, Any]


class ReleaseList(BaseModel):
    """Releases, newest first."""

    items: list[ReleaseOut]


@router.get("/releases", responses=declare(NotSignedIn, Forbidden))
async def list_releases(_staff: SupervisorDep, desk: DeskDep) -> ReleaseList:
    """All releases."""
    async with desk.database.transaction() as tx:
        found = await releases.listing(tx)
    return ReleaseList(items=[ReleaseOut.model_validate(item) for item in found])
