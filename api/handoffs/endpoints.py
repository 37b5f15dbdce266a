"""Hops for staff."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.auth.dependencies import StaffDep
from api.context import DeskDep
from api.conversations import access, repository
from api.errors import NotFound, NotSignedIn, declare
from api.handoffs import background, hops
from api.handoffs.schemas import HandoffList, HandoffOut

router = APIRouter(prefix="/api/v1/handoffs", tags=["handoffs"])


@router.get("", responses=declare(NotSignedIn, NotFound))
async def list_handoffs(conversation_id: UUID, staff: StaffDep, desk: DeskDep) -> HandoffList:
    """All hops of a conversation, each with its packet as it was.

    What was taken back since is not shown any more, though the stored packet keeps it, nor are
    tickets of other teams.
    """
    async with desk.database.transaction() as tx:
        await access.find(tx, staff, conversation_id)
        found = await hops.hops(tx, conversation_id)
        recalled = await repository.recalled(tx, conversation_id, staff=True)
        shown = [HandoffOut.model_validate(hop) for hop in found]
        named = {number for hop in shown for number in hop.tickets}
        seen = await background.tickets_seen(tx, await access.viewer_of(tx, staff), named)
    return HandoffList(items=[hop.without(set(recalled), named - seen) for hop in shown])
