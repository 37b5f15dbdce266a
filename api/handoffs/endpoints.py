"""Hops for staff."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from pydantic_core import to_jsonable_python

from api.auth.dependencies import StaffDep
from api.context import DeskDep
from api.conversations import access, repository
from api.errors import NotFound, NotSignedIn, declare
from api.handoffs import background, hops, packets
from api.handoffs.schemas import HandoffList, HandoffOut, tickets_of, without_tickets

router = APIRouter(prefix="/api/v1/handoffs", tags=["handoffs"])


@router.get("", responses=declare(NotSignedIn, NotFound))
async def list_handoffs(conversation_id: UUID, staff: StaffDep, desk: DeskDep) -> HandoffList:
    """All hops of a conversation, each with its packet as it was, and the same as of now.

    What was taken back since is not shown any more, though the stored packet keeps it, nor are
    tickets of other teams.
    """
    async with desk.database.transaction() as tx:
        conversation = await access.find(tx, staff, conversation_id)
        found = await hops.hops(tx, conversation_id)
        present = await packets.as_of_now(tx, conversation, found[-1].reason) if found else None
        recalled = await repository.recalled(tx, conversation_id, staff=True)
        shown = [HandoffOut.model_validate(hop) for hop in found]
        told = [hop.packet for hop in shown] + ([present] if present else [])
        named = {number for packet in told for number in tickets_of(packet)}
        seen = await background.tickets_seen(tx, await access.viewer_of(tx, staff), named)
    unseen = named - seen
    left = without_tickets(present, unseen) if present else None
    return HandoffList(
        items=[hop.without(set(recalled), unseen) for hop in shown],
        now=to_jsonable_python(left),
    )
