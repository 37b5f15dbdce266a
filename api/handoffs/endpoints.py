"""Hops for staff."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.auth.dependencies import StaffDep
from api.context import DeskDep
from api.errors import NotSignedIn, declare
from api.handoffs import service
from api.handoffs.schemas import HandoffList, HandoffOut

router = APIRouter(prefix="/api/v1/handoffs", tags=["handoffs"])


@router.get("", responses=declare(NotSignedIn))
async def list_handoffs(conversation_id: UUID, _staff: StaffDep, desk: DeskDep) -> HandoffList:
    """All hops of a conversation, each with its packet as it was."""
    async with desk.database.transaction() as tx:
        hops = await service.hops(tx, conversation_id)
    return HandoffList(items=[HandoffOut.model_validate(hop) for hop in hops])
