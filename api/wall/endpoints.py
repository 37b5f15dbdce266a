"""The wall for supervisors."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.auth.dependencies import SupervisorDep
from api.context import DeskDep
from api.errors import Forbidden, NotSignedIn, declare
from api.i18n import choose
from api.ids import now
from api.wall.schemas import WallOut
from api.wall.service import wall

router = APIRouter(prefix="/api/v1/wall", tags=["wall"])


@router.get("", responses=declare(NotSignedIn, Forbidden))
async def show_wall(staff: SupervisorDep, desk: DeskDep, request: Request) -> WallOut:
    """Queue, agents, deadlines and today's figures."""
    language = choose(request.headers.get("accept-language"))
    async with desk.database.transaction() as tx:
        return await wall(tx, staff, now(), language)
