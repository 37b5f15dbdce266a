"""Files come in, hang on tickets and messages, and are looked up again.

A file is on disk before its row is written: `store`, then `keep` in the caller's transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, text

from api.attachments.kinds import fitting_name, type_of
from api.attachments.names import clean_name
from api.attachments.schemas import AttachmentOut
from api.attachments.storage import FileStore
from api.auth.service import SignedIn
from api.conversations import access
from api.conversations.access import viewer_of
from api.db import Database, Transaction
from api.errors import FileTooLarge, NotFound, TooManyFiles
from api.ids import new_id, now
from api.models import Attachment, Message, Ticket
from api.settings import Settings
from api.tickets.access import find

LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""
MOST_A_DAY = 50
"""Files a customer may send in one conversation within a day."""
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:sha256, 0))")
"""Held while a file is written or thrown away, so that neither undoes the other."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was looked at and is on disk; thrown away after a day if no row names it."""

    name: str
    media_type: str
    size: int
    sha256: str


async def store(database: Database, settings: Settings, name: str, content: bytes) -> Stored:
    """Look at a file and write it to disk, while nothing of the desk is locked but this file.

    Raises FileTooLarge, EmptyFile, FileNotAllowed.
    """
    if len(content) > LARGEST:
        raise FileTooLarge(largest_bytes=LARGEST)
    media_type = await asyncio.to_thread(type_of, content)
    shown = fitting_name(clean_name(name), media_type)
    files = FileStore(settings.files)
    sha256 = await asyncio.to_thread(files.hash_of, content)
    async with database.transaction() as tx:
        await tx.execute(LOCK, {"sha256": sha256})
        await asyncio.to_thread(files.save, content)
    return Stored(shown, media_type, len(content), sha256)


async def keep(
    tx: Transaction,
    stored: Stored,
    *,
    staff: SignedIn | None,
    conversation_id: UUID | None = None,
    ticket_id: UUID | None = None,
    knowledge: bool = False,
) -> Attachment:
    """The row of a stored file; `staff` is None for the customer's, `knowledge` for pictures that
    every customer may see."""
    attachment = Attachment(
        id=new_id(),
        conversation_id=conversation_id,
        ticket_id=ticket_id,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        knowledge=knowledge,
        staff_id=staff.id if staff else None,
        created_at=now(),
    )
    tx.add(attachment)
    await tx.flush()
    return attachment


async def check_daily_limit(tx: Transaction, conversation_id: UUID) -> None:
    """Raises TooManyFiles when the customer has sent `MOST_A_DAY` within a day.

    Exact only for who holds the conversation's lock.
    """
    count = await tx.scalar(
        select(func.count()).where(
            Attachment.conversation_id == conversation_id,
            Attachment.staff_id.is_(None),
            Attachment.created_at > now() - timedelta(days=1),
        )
    )
    if (count or 0) >= MOST_A_DAY:
        raise TooManyFiles


async def attach_to_message(
    tx: Transaction, message: Message, ids: Sequence[UUID], staff_id: UUID | None
) -> list[AttachmentOut]:
    """Hang files on a message of their conversation, sent by the same person and never used yet.

    The message must be flushed. Raises NotFound for any other file; nothing is attached then.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    query = select(Attachment).where(Attachment.id.in_(wanted)).with_for_update()
    found = {each.id: each for each in (await tx.scalars(query)).all()}
    fits = [
        each
        for each in found.values()
        if each.conversation_id == message.conversation_id
        and each.staff_id == staff_id
        and each.message_id is None
        and each.ticket_id is None
    ]
    if len(fits) != len(wanted):
        raise NotFound
    for each in fits:
        each.message_id = message.id
    return [AttachmentOut.model_validate(found[each]) for each in wanted]


async def of_messages(
    tx: Transaction, message_ids: Iterable[UUID]
) -> dict[UUID, list[AttachmentOut]]:
    """Files by message; messages without any are left out."""
    query = (
        select(Attachment)
        .where(Attachment.message_id.in_(set(message_ids)))
        .order_by(Attachment.created_at, Attachment.id)
    )
    found: dict[UUID, list[AttachmentOut]] = {}
    for each in (await tx.scalars(query)).all():
        if each.message_id is not None:
            found.setdefault(each.message_id, []).append(AttachmentOut.model_validate(each))
    return found


async def for_staff(tx: Transaction, staff: SignedIn, attachment_id: UUID) -> Attachment:
    """A file of a ticket or conversation that `staff` may see. Raises NotFound."""
    attachment = await tx.get(Attachment, attachment_id)
    if attachment is None:
        raise NotFound
    if attachment.ticket_id is not None:
        number = await tx.scalar(select(Ticket.number).where(Ticket.id == attachment.ticket_id))
        await find(tx, await viewer_of(tx, staff), number or "")
    elif attachment.conversation_id is not None:
        await access.find(tx, staff, attachment.conversation_id)
    if await _taken_back(tx, attachment):
        raise NotFound
    return attachment


async def _taken_back(tx: Transaction, attachment: Attachment) -> bool:
    """Whether the message it hangs on was recalled."""
    if attachment.message_id is None:
        return False
    query = select(Message.recalled_at).where(Message.id == attachment.message_id)
    return await tx.scalar(query) is not None


async def for_visitor(tx: Transaction, conversation_id: UUID, attachment_id: UUID) -> Attachment:
    """A file of the visitor's own conversation that was sent to or by them, or a picture of the
    knowledge base. Raises NotFound."""
    attachment = await tx.get(Attachment, attachment_id)
    if attachment is not None and attachment.knowledge:
        return attachment
    if attachment is None or attachment.conversation_id != conversation_id:
        raise NotFound
    if attachment.staff_id is None:
        return attachment
    message = await tx.get(Message, attachment.message_id) if attachment.message_id else None
    if message is None or message.private or message.suppressed or message.recalled_at is not None:
        raise NotFound
    return attachment


def path_of(settings: Settings, attachment: Attachment) -> Path:
    """Where the bytes lie; raises NotFound when they are gone."""
    path = FileStore(settings.files).path(attachment.sha256)
    if not path.is_file():
        raise NotFound
    return path
