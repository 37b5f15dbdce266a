"""Notes among staff inside a conversation. Customers never see them, on whatever way."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from api.auth.service import SignedIn
from api.conversations import access
from api.conversations.replies import sent_before
from api.conversations.service import append
from api.conversations.telling import tell
from api.conversations.text import clean
from api.db import Transaction
from api.models import Message


async def write(
    tx: Transaction,
    conversation_id: UUID,
    staff: SignedIn,
    text: str,
    client_id: str,
    mentions: Sequence[UUID] = (),
) -> Message:
    """Add a note and call those it mentions; the same `client_id` again gives the first one back.

    Everybody who sees the conversation may write one, also after its end. Raises NotFound,
    EmptyText, TextTooLong, UnknownStaff.
    """
    cleaned = clean(text)
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    known = await sent_before(tx, conversation, staff, client_id, private=True)
    if known is not None:
        return known
    called = await access.called(tx, conversation, list(mentions))
    message = append(
        tx,
        conversation,
        author="agent",
        text=cleaned,
        client_id=client_id,
        staff_id=staff.id,
        private=True,
        mentions=called,
    )
    await tell(tx, conversation, called, "mentioned", staff)
    await tx.flush()
    return message
