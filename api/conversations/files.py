"""Files and quotes that hang on messages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from api.attachments import service as attachments
from api.attachments.schemas import AttachmentOut
from api.conversations.text import clean
from api.db import Transaction
from api.errors import NotFound, UnknownAttachment
from api.i18n import say
from api.models import Conversation, Message


def words(text: str, ids: Sequence[UUID]) -> str:
    """`text` fit to store; files may stand alone, then a word stands for them.

    Raises EmptyText, TextTooLong.
    """
    return say("message.file") if ids and not text.strip() else clean(text)


async def attach(
    tx: Transaction, conversation: Conversation, message: Message, ids: Sequence[UUID]
) -> None:
    """Hang files on a message that was just added; raises UnknownAttachment.

    They must have been sent up for this conversation by the same person, and not be used yet.
    """
    if not ids:
        return
    await tx.flush()
    try:
        found = await attachments.attach_to_message(tx, message, ids, message.staff_id)
    except NotFound:
        raise UnknownAttachment from None
    if message.text == say("message.file") and all(_is_image(each) for each in found):
        message.text = conversation.last_text = say("message.image")


async def files(tx: Transaction, messages: Sequence[Message]) -> dict[UUID, list[AttachmentOut]]:
    """The files of messages that still stand, by message id."""
    standing = [message.id for message in messages if message.recalled_at is None]
    return await attachments.of_messages(tx, standing)


async def quoted(tx: Transaction, messages: Sequence[Message]) -> dict[UUID, Message]:
    """The messages that `messages` quote, by id."""
    ids = {message.quote_of for message in messages if message.quote_of is not None}
    if not ids:
        return {}
    query = select(Message).where(Message.id.in_(ids))
    return {found.id: found for found in (await tx.scalars(query)).all()}


def _is_image(attachment: AttachmentOut) -> bool:
    return attachment.media_type.startswith("image/")
