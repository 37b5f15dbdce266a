"""The gateway for the desk's own processes (docs/architecture.md §5), by service token only."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from api.auth.dependencies import own_process
from api.context import Desk, DeskDep
from api.errors import NotFound
from api.handoffs import service as handoffs
from api.handoffs.schemas import HandoffRequest, HandoffResult
from api.internal import summary
from api.knowledge import service as knowledge
from api.knowledge.schemas import Lookup, LookupResult
from api.learning import releases
from api.models import Release
from api.tickets import service as tickets
from api.tickets.schemas import TicketRequest, TicketResult

router = APIRouter(
    prefix="/internal/v1", dependencies=[Depends(own_process)], include_in_schema=False
)


class ConversationIds(BaseModel):
    """Conversations to count."""

    conversation_ids: list[UUID] = Field(max_length=100_000)


@router.post("/knowledge/lookup")
async def lookup(body: Lookup, desk: DeskDep) -> LookupResult:
    """Answers of knowledge entries as they are now."""
    async with desk.database.transaction() as tx:
        return LookupResult(entries=await knowledge.lookup(tx, body.keys, body.conversation_id))


@router.post("/tickets")
async def open_ticket(body: TicketRequest, desk: DeskDep) -> TicketResult:
    """Open a ticket, once per conversation, message and kind."""
    async with desk.database.transaction() as tx:
        return await tickets.open_ticket(tx, body)


@router.post("/handoffs")
async def request_handoff(body: HandoffRequest, desk: DeskDep) -> HandoffResult:
    """Put the conversation into the queue for a person, once per message."""
    async with desk.database.transaction() as tx:
        place = await handoffs.request(
            tx,
            body.conversation_id,
            cause=f"turn:{body.message_id}",
            reason=body.reason,
            note=body.note,
        )
    return HandoffResult(
        state=place.state,
        position=place.position,
        expected_wait_seconds=place.expected_wait_seconds,
        created=place.created,
    )


@router.get("/models/production")
async def production_model(request: Request, desk: DeskDep) -> Response:
    """Rasa's model-server protocol: 204 without a live release, 304 when Rasa has it."""
    async with desk.database.transaction() as tx:
        return _model(request, desk, await releases.live(tx))


@router.get("/models/canary")
async def canary_model(request: Request, desk: DeskDep) -> Response:
    """The same for the release on trial: 204 when there is none (any more)."""
    async with desk.database.transaction() as tx:
        return _model(request, desk, await releases.canary(tx))


def _model(request: Request, desk: Desk, release: Release | None) -> Response:
    if release is None:
        return Response(status_code=204)
    if request.headers.get("if-none-match") == release.model_hash:
        return Response(status_code=304)
    path = releases.folder(desk.settings, release.number) / releases.MODEL
    if not path.is_file():
        raise NotFound
    return FileResponse(
        path,
        headers={"ETag": release.model_hash, "filename": f"release-{release.number}.tar.gz"},
        media_type="application/gzip",
    )


@router.post("/turns/summary")
async def turns_summary(body: ConversationIds, desk: DeskDep) -> summary.TurnsSummary:
    """What became of the turns of some conversations."""
    async with desk.database.transaction() as tx:
        return await summary.summarise(tx, body.conversation_ids)
