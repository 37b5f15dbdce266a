"""Messages of the desk as channels send them: their words, buttons and files, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from api.assistant import Button
from api.channels import sendings
from api.channels.interface import File, Outgoing
from api.channels.outbound import settle
from api.conversations import survey
from api.db import Transaction
from api.i18n import LANGUAGES, say
from api.models import Attachment, Conversation, Delivery, Message


async def messages_of(
    tx: Transaction, contact_id: UUID, waiting: Sequence[Delivery], at: datetime
) -> list[Outgoing]:
    """What is to be sent of `waiting` at `at`, in its order. What was taken back meanwhile is
    dropped, and so is a question of the survey that comes too late."""
    ids = [delivery.message_id for delivery in waiting]
    rows = await tx.execute(
        select(Message, Conversation)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.id.in_(ids))
    )
    known = {row.Message.id: (row.Message, row.Conversation) for row in rows}
    files = await _files(tx, ids)
    said = sendings.progress(waiting, await sendings.since(tx, contact_id, waiting))
    found = []
    for delivery in waiting:
        message, conversation = known[delivery.message_id]
        start = said[message.id].end
        if message.recalled_at is not None:
            settle(tx, delivery, "dropped")
            continue
        if survey.is_question(message) and not start:
            if not survey.still_asks(message, conversation, at):
                settle(tx, delivery, "dropped", "late")
                continue
            survey.reword(tx, message, conversation)
        outgoing = _outgoing(message, conversation.language, files.get(message.id, ()), start)
        if start >= outgoing.total:
            settle(tx, delivery, "unconfirmed" if said[message.id].unconfirmed else "sent")
            continue
        found.append(outgoing)
    return found


def _outgoing(message: Message, language: str, files: Sequence[File], start: int) -> Outgoing:
    stands_for_files = message.text in (say("message.file"), say("message.image"))
    return Outgoing(
        message_id=message.id,
        author=message.author,
        kind=message.kind,
        text="" if files and stands_for_files else message.text,
        buttons=[Button.model_validate(button) for button in message.buttons],
        files=files,
        language=language if language in LANGUAGES else "zh",
        start=start,
    )


async def _files(tx: Transaction, message_ids: Sequence[UUID]) -> dict[UUID, list[File]]:
    query = (
        select(Attachment)
        .where(Attachment.message_id.in_(message_ids))
        .order_by(Attachment.created_at, Attachment.id)
    )
    found: dict[UUID, list[File]] = {}
    for each in (await tx.scalars(query)).all():
        file = File(each.id, each.name, each.media_type, each.sha256)
        if each.message_id is not None:
            found.setdefault(each.message_id, []).append(file)
    return found
