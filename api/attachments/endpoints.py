"""Sending and opening files: staff by session, visitors by token."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import FileResponse

from api import rates
from api.attachments import service
from api.attachments.kinds import INLINE
from api.attachments.schemas import AttachmentOut
from api.attachments.service import Stored
from api.auth.dependencies import StaffDep, SupervisorDep
from api.channels.web.endpoints import VisitorDep
from api.context import Desk, DeskDep
from api.conversations import access
from api.conversations import repository as conversations
from api.conversations.access import viewer_of
from api.errors import (
    CsrfFailed,
    EmptyFile,
    FileNotAllowed,
    FileTooLarge,
    Forbidden,
    NotFound,
    NotSignedIn,
    SessionExpired,
    TicketMerged,
    TooManyAttempts,
    TooManyFiles,
    declare,
)
from api.models import Attachment
from api.tickets import history
from api.tickets.access import at_work, find

router = APIRouter(prefix="/api/v1", tags=["attachments"])

_REFUSED = declare(EmptyFile, FileTooLarge, FileNotAllowed, NotFound)
_STAFF = declare(NotSignedIn, CsrfFailed) | _REFUSED
Upload = Annotated[UploadFile, File(description="At most 10 MB.")]
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}


@router.post(
    "/tickets/{number}/attachments", status_code=201, responses=_STAFF | declare(TicketMerged)
)
async def attach_to_ticket(
    number: str, file: Upload, staff: StaffDep, desk: DeskDep
) -> AttachmentOut:
    """Add a file to a ticket."""
    async with desk.database.transaction() as tx:
        await find(tx, await viewer_of(tx, staff), number)
    stored = await _store(desk, file)
    async with desk.database.transaction() as tx:
        ticket = await at_work(tx, await viewer_of(tx, staff), number)
        attachment = await service.keep(tx, stored, staff=staff, ticket_id=ticket.id)
        history.record(tx, ticket, staff, "attached", name=attachment.name)
        return AttachmentOut.model_validate(attachment)


@router.post("/conversations/{conversation_id}/attachments", status_code=201, responses=_STAFF)
async def attach_to_conversation(
    conversation_id: UUID, file: Upload, staff: StaffDep, desk: DeskDep
) -> AttachmentOut:
    """Send a file up for a reply; it is thrown away after a day if none uses it."""
    async with desk.database.transaction() as tx:
        found = await access.find(tx, staff, conversation_id)
    stored = await _store(desk, file)
    async with desk.database.transaction() as tx:
        attachment = await service.keep(tx, stored, staff=staff, conversation_id=found.id)
        return AttachmentOut.model_validate(attachment)


@router.post(
    "/knowledge/pictures", status_code=201, responses=_STAFF | declare(Forbidden, CsrfFailed)
)
async def send_knowledge_picture(
    file: Upload, staff: SupervisorDep, desk: DeskDep
) -> AttachmentOut:
    """Send a picture up for answers of the knowledge base, which name it
    `![what it shows](attachment:ID)`; whoever reads the answer may see it."""
    stored = await _store(desk, file)
    if stored.media_type not in INLINE:
        raise FileNotAllowed
    async with desk.database.transaction() as tx:
        attachment = await service.keep(tx, stored, staff=staff, knowledge=True)
        return AttachmentOut.model_validate(attachment)


@router.get("/attachments/{attachment_id}", responses=declare(NotSignedIn, NotFound))
async def open_attachment(attachment_id: UUID, staff: StaffDep, desk: DeskDep) -> FileResponse:
    """The bytes of a file, to save; raster images may be shown in place."""
    async with desk.database.transaction() as tx:
        return _file(desk, await service.for_staff(tx, staff, attachment_id))


@router.post(
    "/visitor/attachments",
    status_code=201,
    responses=declare(SessionExpired, TooManyFiles, TooManyAttempts) | _REFUSED,
)
async def send_attachment(
    file: Upload, request: Request, visitor: VisitorDep, desk: DeskDep
) -> AttachmentOut:
    """Send a file up for a message; it is thrown away after a day if none uses it."""
    await rates.check(request, "uploads", desk.settings.visitor_uploads_per_minute)
    async with desk.database.transaction() as tx:
        await service.check_daily_limit(tx, visitor.conversation_id)
    stored = await _store(desk, file)
    async with desk.database.transaction() as tx:
        conversation = await conversations.lock(tx, visitor.conversation_id)
        await service.check_daily_limit(tx, conversation.id)
        attachment = await service.keep(tx, stored, staff=None, conversation_id=conversation.id)
        return AttachmentOut.model_validate(attachment)


@router.get("/visitor/attachments/{attachment_id}", responses=declare(SessionExpired, NotFound))
async def open_visitor_attachment(
    attachment_id: UUID, visitor: VisitorDep, desk: DeskDep
) -> FileResponse:
    """The bytes of a file of the visitor's own conversation."""
    async with desk.database.transaction() as tx:
        found = await service.for_visitor(tx, visitor.conversation_id, attachment_id)
        return _file(desk, found)


async def _store(desk: Desk, file: UploadFile) -> Stored:
    """The file on disk; it is read one byte further than allowed at most."""
    content = await file.read(service.LARGEST + 1)
    return await service.store(desk.database, desk.settings, file.filename or "", content)


def _file(desk: Desk, attachment: Attachment) -> FileResponse:
    return FileResponse(
        service.path_of(desk.settings, attachment),
        media_type=attachment.media_type,
        filename=attachment.name,
        content_disposition_type="inline" if attachment.media_type in INLINE else "attachment",
        headers=_HEADERS,
    )
