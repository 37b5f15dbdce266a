"""Staff pass conversations on; supervisors move work."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.auth.dependencies import StaffDep, SupervisorDep
from api.context import DeskDep
from api.conversations import views
from api.conversations.endpoints import WRITING
from api.conversations.schemas import ConversationDetail, StaffMessage
from api.errors import (
    AgentAway,
    AlreadyTaken,
    CsrfFailed,
    DeclineTooLate,
    EmptyText,
    Forbidden,
    NobodyElse,
    NotFound,
    NotOwner,
    NotSignedIn,
    TextTooLong,
    UnknownStaff,
    declare,
)
from api.handoffs import transfers
from api.handoffs.bodies import ToAgent, Transfer, Whisper
from api.handoffs.transfers import Target

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["handoffs"])

_LEADING = (NotSignedIn, CsrfFailed, Forbidden, NotFound)


@router.post("/transfer", responses=WRITING | declare(NotOwner, AgentAway, UnknownStaff))
async def transfer(
    conversation_id: UUID, body: Transfer, staff: StaffDep, desk: DeskDep
) -> ConversationDetail:
    """Pass it on to a person or to a business line."""
    target = Target(body.agent_id, body.skill)
    async with desk.database.transaction() as tx:
        moved = await transfers.transfer(tx, conversation_id, staff, target, body.note)
        return await views.detail(tx, moved)


@router.post("/decline", responses=WRITING | declare(NotOwner, DeclineTooLate, NobodyElse))
async def decline(conversation_id: UUID, staff: StaffDep, desk: DeskDep) -> ConversationDetail:
    """Give back what one was given just now; somebody else gets it."""
    async with desk.database.transaction() as tx:
        moved = await transfers.decline(tx, conversation_id, staff)
        return await views.detail(tx, moved)


@router.post("/assign", responses=declare(*_LEADING, AlreadyTaken, UnknownStaff))
async def assign(
    conversation_id: UUID, body: ToAgent, staff: SupervisorDep, desk: DeskDep
) -> ConversationDetail:
    """Give it to an agent, whoever has it now (supervisors)."""
    async with desk.database.transaction() as tx:
        moved = await transfers.assign(tx, conversation_id, staff, body.agent_id)
        return await views.detail(tx, moved)


@router.post("/responsible", responses=declare(*_LEADING, UnknownStaff))
async def set_responsible(
    conversation_id: UUID, body: ToAgent, staff: SupervisorDep, desk: DeskDep
) -> ConversationDetail:
    """Make somebody else answerable for its outcome (supervisors)."""
    async with desk.database.transaction() as tx:
        changed = await transfers.set_responsible(tx, conversation_id, staff, body.agent_id)
        return await views.detail(tx, changed)


@router.post(
    "/whisper", status_code=201, responses=declare(*_LEADING, NotOwner, EmptyText, TextTooLong)
)
async def whisper(
    conversation_id: UUID, body: Whisper, staff: SupervisorDep, desk: DeskDep
) -> StaffMessage:
    """Say something to whoever has it that the customer does not see (supervisors)."""
    async with desk.database.transaction() as tx:
        message = await transfers.whisper(tx, conversation_id, staff, body.text, body.client_id)
        (described,) = await views.describe(tx, [message])
    return described
