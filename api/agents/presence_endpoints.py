"""Agents choose what their console shows: online, busy, on a break, offline."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from api.agents import presence, views
from api.agents.schemas import AgentOut, Presence
from api.auth.dependencies import StaffDep
from api.context import DeskDep
from api.errors import CsrfFailed, NotSignedIn, declare
from api.ids import now
from triage import routing

router = APIRouter(prefix="/api/v1/agents", tags=["agents"])


class Choice(BaseModel):
    """What colleagues and routing shall see; only `online` is given conversations."""

    presence: Presence


@router.put("/me/presence", responses=declare(NotSignedIn, CsrfFailed))
async def choose_presence(body: Choice, staff: StaffDep, desk: DeskDep) -> AgentOut:
    """Change the own presence; who comes online is given what waits at once."""
    chosen = routing.Presence(body.presence)
    async with desk.database.transaction() as tx:
        account = await presence.choose(tx, staff.id, chosen, now())
        return await views.one(tx, account, staff)
