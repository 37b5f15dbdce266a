"""Why did it say that, and what would another release say?"""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.auth.dependencies import StaffDep, SupervisorDep
from api.context import DeskDep
from api.conversations import access
from api.conversations.message_endpoints import Seq
from api.errors import (
    CsrfFailed,
    Forbidden,
    NotFound,
    NotSignedIn,
    TryFailed,
    TryRuns,
    declare,
)
from api.learning.why import explaining, trying
from api.learning.why.schemas import Tried, TryIn, Why

router = APIRouter(prefix="/api/v1", tags=["learning"])


@router.get(
    "/conversations/{conversation_id}/messages/{seq}/why",
    responses=declare(NotSignedIn, NotFound),
)
async def why_message(conversation_id: UUID, seq: Seq, staff: StaffDep, desk: DeskDep) -> Why:
    """What the desk saw in a customer's message, or what a reply of the bot's came from."""
    async with desk.database.transaction() as tx:
        await access.find(tx, staff, conversation_id)
        return await explaining.why(tx, desk.settings, conversation_id, seq)


@router.post(
    "/learning/try",
    responses=declare(NotSignedIn, CsrfFailed, Forbidden, NotFound, TryFailed, TryRuns),
)
async def try_text(body: TryIn, _staff: SupervisorDep, desk: DeskDep) -> Tried:
    """What a release makes of a text; one that does not answer customers is loaded first, which
    takes 10 seconds to a minute."""
    return await trying.try_text(
        desk.database, desk.settings, desk.assistant, body.text, body.release
    )
