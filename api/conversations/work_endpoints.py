"""What staff make of a conversation: labels, tags, tickets, its end."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.auth.dependencies import StaffDep
from api.context import DeskDep
from api.conversations import access, labels, to_ticket, views, wrap_up
from api.conversations.access import viewer_of
from api.conversations.bodies import LabelChange, NewTags, TicketFromConversation, WrapUpForm
from api.conversations.endpoints import WRITING
from api.conversations.schemas import ConversationDetail
from api.errors import ContactUnreadable, CsrfFailed, NotFound, NotSignedIn, P1Protected, declare
from api.tickets import prefill
from api.tickets import views as ticket_views
from api.tickets.schemas import TicketDetail, TicketTold

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["conversations"])

_CHANGING = declare(NotSignedIn, CsrfFailed, NotFound)


@router.put("/tags", responses=_CHANGING)
async def set_tags(
    conversation_id: UUID, body: NewTags, staff: StaffDep, desk: DeskDep
) -> ConversationDetail:
    """Give it exactly these tags."""
    async with desk.database.transaction() as tx:
        changed = await labels.set_tags(tx, conversation_id, staff, body.tags)
        return await views.detail(tx, changed)


@router.put("/labels", responses=_CHANGING | declare(P1Protected))
async def correct_labels(
    conversation_id: UUID, body: LabelChange, staff: StaffDep, desk: DeskDep
) -> ConversationDetail:
    """Put labels right; deadlines follow the priority."""
    right = labels.Corrected(**body.model_dump())
    async with desk.database.transaction() as tx:
        changed = await labels.correct(tx, conversation_id, staff, right)
        return await views.detail(tx, changed)


@router.post("/wrap-up", responses=WRITING)
async def begin_wrap_up(
    conversation_id: UUID, staff: StaffDep, desk: DeskDep
) -> ConversationDetail:
    """End it for the customer, who is asked how it was; the form comes next."""
    async with desk.database.transaction() as tx:
        return await views.detail(tx, await wrap_up.begin(tx, conversation_id, staff))


@router.post("/close", responses=WRITING)
async def close(
    conversation_id: UUID, body: WrapUpForm, staff: StaffDep, desk: DeskDep
) -> ConversationDetail:
    """Send the form and close it; without wrapping up first, both at once."""
    form = wrap_up.Form(**body.model_dump())
    async with desk.database.transaction() as tx:
        return await views.detail(tx, await wrap_up.close(tx, conversation_id, staff, form))


@router.get("/ticket-draft", responses=declare(NotSignedIn, NotFound))
async def draft_ticket(conversation_id: UUID, staff: StaffDep, desk: DeskDep) -> TicketTold:
    """What a ticket made of it now would get from what the customer told."""
    async with desk.database.transaction() as tx:
        conversation = await access.find(tx, staff, conversation_id)
        told = await prefill.told(tx, desk.settings, conversation)
        return TicketTold(order_number=told.order_number, contact_masked=told.contact_masked)


@router.post("/to-ticket", status_code=201, responses=WRITING | declare(ContactUnreadable))
async def open_ticket(
    conversation_id: UUID, body: TicketFromConversation, staff: StaffDep, desk: DeskDep
) -> TicketDetail:
    """Make a ticket of it; the conversation goes on."""
    async with desk.database.transaction() as tx:
        ticket = await to_ticket.open_ticket(tx, desk.settings, conversation_id, staff, body)
        viewer = await viewer_of(tx, staff)
        return await ticket_views.detail(tx, desk.settings, viewer, ticket)
