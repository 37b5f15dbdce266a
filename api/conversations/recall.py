"""Taking back what was just sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete

from api.audit import service as audit
from api.auth.service import SignedIn
from api.channels import outbound
from api.conversations import access, repository
from api.db import Transaction
from api.errors import Forbidden, TooLate
from api.events import Event
from api.i18n import say
from api.models import Message, SearchEntry
from api.policies.service import policies


async def recall(
    tx: Transaction, conversation_id: UUID, seq: int, staff: SignedIn, at: datetime
) -> Message:
    """Take back a message of one's own, shortly after it was sent; again changes nothing.

    Pages are told to replace it. Its text stays in the database and is shown to nobody. Raises
    NotFound, Forbidden for somebody else's message, TooLate, and GoneOut for what WeChat has.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    message = await repository.message(tx, conversation_id, seq)
    if message.author != "agent" or message.staff_id != staff.id:
        raise Forbidden
    if message.recalled_at is not None:
        return message
    longest = (await policies(tx)).conversations.recall_seconds
    if at - message.created_at > timedelta(seconds=longest):
        raise TooLate(seconds=longest)
    message.recalled_at = at
    await outbound.take_back(tx, message)
    if conversation.last_message_at == message.created_at:
        conversation.last_text = say("message.recalled_by_staff")
    conversation.updated_at = at
    await tx.execute(
        delete(SearchEntry).where(
            SearchEntry.kind == "message", SearchEntry.subject_id == message.id
        )
    )
    data = {"conversation_id": conversation_id, "seq": seq}
    await audit.record(tx, staff, "message_recalled", "message", message.id, data)
    await tx.flush()
    tx.emit(Event("message", str(conversation_id), {"recalled": str(seq)}))
    return message
