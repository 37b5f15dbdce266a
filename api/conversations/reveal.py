"""A message in full, with a reason that is recorded (norms §7)."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.auth.dependencies import StaffDep, address_of
from api.auth.service import SignedIn
from api.context import DeskDep
from api.conversations import access, repository
from api.conversations.masking import hidden
from api.customers import reveal
from api.customers.reveal import Reason
from api.db import Transaction
from api.errors import (
    CsrfFailed,
    NotFound,
    NotSignedIn,
    ReasonTooShort,
    TooManyReveals,
    declare,
)

router = APIRouter(prefix="/api/v1/conversations", tags=["conversations"])


class RevealedText(BaseModel):
    """The message in full."""

    text: str


@router.post(
    "/{conversation_id}/messages/{seq}/reveal",
    responses=declare(NotSignedIn, CsrfFailed, NotFound, ReasonTooShort, TooManyReveals),
)
async def reveal_message(
    conversation_id: UUID, seq: int, body: Reason, request: Request, staff: StaffDep, desk: DeskDep
) -> RevealedText:
    """A message with the numbers that are masked elsewhere; the look is recorded."""
    async with desk.database.transaction() as tx:
        text = await text_of(tx, staff, conversation_id, seq, body.reason, address_of(request))
    return RevealedText(text=text)


async def text_of(
    tx: Transaction,
    staff: SignedIn,
    conversation_id: UUID,
    seq: int,
    reason: str,
    address: str | None,
) -> str:
    """The text; recorded if something of it is masked.

    Raises NotFound, also for a message that was taken back, ReasonTooShort and TooManyReveals.
    """
    await access.find(tx, staff, conversation_id)
    message = await repository.message(tx, conversation_id, seq)
    if message.recalled_at is not None:
        raise NotFound
    if hidden(message.author, message.text) != message.text:
        what = {"seq": seq}
        await reveal.permit(tx, staff, "conversation", conversation_id, reason, what, address)
    return message.text
