"""How far customers elsewhere can be written to, and what staff do about what did not go out."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path

from api.auth.dependencies import StaffDep
from api.auth.service import Role, SignedIn
from api.channels import outbound, subscription
from api.channels import views as channels
from api.channels.schemas import ReachAnswer, SubscriptionSent
from api.context import DeskDep
from api.conversations import access, repository, views
from api.conversations.schemas import StaffMessage
from api.errors import (
    CsrfFailed,
    NoConsent,
    NotFound,
    NothingToSend,
    NotOwner,
    NotSent,
    NotSignedIn,
    declare,
)
from api.ids import now
from api.models import Conversation

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["channels"])

Seq = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/reach", responses=declare(NotSignedIn, NotFound))
async def reach(conversation_id: UUID, staff: StaffDep, desk: DeskDep) -> ReachAnswer:
    """How many messages the customer can still be sent, and for how long."""
    async with desk.database.transaction() as tx:
        conversation = await access.find(tx, staff, conversation_id)
        return ReachAnswer(reach=await channels.reach(tx, conversation, now()))


@router.post(
    "/messages/{seq}/retry",
    responses=declare(NotSignedIn, CsrfFailed, NotFound, NotOwner, NothingToSend),
)
async def retry(conversation_id: UUID, seq: Seq, staff: StaffDep, desk: DeskDep) -> StaffMessage:
    """Send a message once more that is held, has failed, or may have arrived."""
    async with desk.database.transaction() as tx:
        conversation = await access.find(tx, staff, conversation_id, lock=True)
        _require_free(conversation, staff)
        message = await repository.message(tx, conversation_id, seq)
        await outbound.retry(tx, message, now())
        (described,) = await views.describe(tx, [message])
    return described


@router.post(
    "/subscription-message",
    responses=declare(NotSignedIn, CsrfFailed, NotFound, NotOwner, NoConsent, NotSent),
)
async def send_subscription(
    conversation_id: UUID, staff: StaffDep, desk: DeskDep
) -> SubscriptionSent:
    """Remind the customer beyond the window; uses one consent of theirs."""
    async with desk.database.transaction() as tx:
        _require_free(await access.find(tx, staff, conversation_id), staff)
    end = await subscription.send(desk.database, desk.settings, desk.wechat, conversation_id, staff)
    async with desk.database.transaction() as tx:
        conversation = await access.find(tx, staff, conversation_id)
        left = await channels.reach(tx, conversation, now())
    state: Literal["sent", "unconfirmed"] = "sent" if end == "sent" else "unconfirmed"
    return SubscriptionSent(state=state, reach=left)


def _require_free(conversation: Conversation, staff: SignedIn) -> None:
    """Raises NotOwner while somebody else has the conversation and `staff` does not supervise."""
    taken = conversation.owner_id not in (None, staff.id)
    if taken and not staff.role.covers(Role.SUPERVISOR):
        raise NotOwner
