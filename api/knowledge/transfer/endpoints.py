"""Entries out of the desk and into it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from pydantic import BaseModel

from api.auth.dependencies import AdminDep, SupervisorDep
from api.context import DeskDep
from api.errors import (
    CsrfFailed,
    EmptyFile,
    FileTooLarge,
    Forbidden,
    NotFound,
    NotSignedIn,
    declare,
)
from api.i18n import choose, say
from api.ids import today
from api.knowledge.transfer import service
from api.knowledge.transfer.service import ImportOut
from api.knowledge.transfer.shapes import MOST_BYTES, Format
from api.knowledge.transfer.writing import (
    ENDINGS,
    MEDIA_TYPES,
    every_row,
    example_row,
    written,
)

router = APIRouter(prefix="/api/v1/knowledge", tags=["knowledge"])


class ImportBegun(BaseModel):
    """Where to look how far it is."""

    import_id: UUID


@router.post(
    "/import",
    status_code=202,
    responses=declare(NotSignedIn, CsrfFailed, Forbidden, EmptyFile, FileTooLarge),
)
async def begin_import(
    file: Annotated[
        UploadFile, File(description="XLSX, CSV (UTF-8) or Rasa YAML; at most 10 MB, 20,000 rows.")
    ],
    staff: AdminDep,
    desk: DeskDep,
    dry_run: Annotated[bool, Form(description="Only say what it would do.")] = True,
) -> ImportBegun:
    """Check a file and, unless it is a dry run, take it in: all of it, or nothing."""
    content = await file.read(MOST_BYTES + 1)
    async with desk.database.transaction() as tx:
        name = file.filename or ""
        found = await service.begin(tx, name, content, dry_run=dry_run, staff_id=staff.id)
        await service.defer(tx, desk.queue, found)
        return ImportBegun(import_id=found.id)


@router.get("/imports/{import_id}", responses=declare(NotSignedIn, Forbidden, NotFound))
async def open_import(
    import_id: UUID, _staff: AdminDep, request: Request, desk: DeskDep
) -> ImportOut:
    """How far an import is, and what became of it."""
    language = choose(request.headers.get("accept-language"))
    async with desk.database.transaction() as tx:
        return await service.out(tx, import_id, language)


@router.get(
    "/export",
    response_class=Response,
    responses={
        200: {"content": {kind.split(";")[0]: {} for kind in MEDIA_TYPES.values()}},
        **declare(NotSignedIn, Forbidden),
    },
)
async def export(
    _staff: SupervisorDep,
    desk: DeskDep,
    format: Format = "xlsx",  # noqa: A002
    language: Literal["zh", "en"] = "zh",
    template: bool = False,
) -> Response:
    """All entries as a file that can be taken in again, or a `template` with one row to learn from.

    `language` is that of the file's name, heads and fixed values.
    """
    if template:
        rows, name = [example_row(language)], say("knowledge.template", language)
    else:
        async with desk.database.transaction() as tx:
            rows = await every_row(tx)
        name = f"{say('knowledge.title', language)}-{today().isoformat()}"
    content = await asyncio.to_thread(written, rows, format, language)
    plain = f"knowledge-{today().isoformat()}{ENDINGS[format]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{plain}"; '
        f"filename*=UTF-8''{quote(name + ENDINGS[format])}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=MEDIA_TYPES[format], headers=headers)
