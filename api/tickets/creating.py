"""A new ticket: its labels, its promises, its first history entry."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import select

from api.auth.service import SignedIn
from api.conversations import weighing
from api.db import Transaction
from api.deadlines import incidents
from api.ids import SHOP_TIME, new_id, now
from api.models import NUMBERS, Conversation, Ticket, TriageResult
from api.search import service as search
from api.tickets import clocks, complaints, history
from api.tickets.priorities import judged
from api.tickets.views import headline
from triage.packet import MessageLabels

_CATEGORIES = {"repair": "aftersales", "privacy": "account"}
"""Kinds that say themselves what they are about."""
_FEEDBACK = ("suggestion", "praise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known of a ticket before it is opened; None: as the customer's messages say."""

    cause: str
    source: str
    kind: str
    customer_id: UUID
    description: str
    title: str | None = None
    conversation_id: UUID | None = None
    category: str | None = None
    nature: str | None = None
    impact: int | None = None
    urgency: int | None = None
    priority: str | None = None
    at_least: str | None = None
    """Priority of the conversation; the ticket has no lower one."""
    order_number: str | None = None
    contact: str | None = None
    tags: tuple[str, ...] = ()


async def known(tx: Transaction, cause: str) -> Ticket | None:
    """The ticket that `cause` has already brought about."""
    return await tx.scalar(select(Ticket).where(Ticket.cause == cause))


async def create(tx: Transaction, draft: Draft, staff: SignedIn | None) -> Ticket:
    """A ticket from `draft`, with labels, promises and, for a complaint, its steps."""
    opened = now()
    talk = await tx.get_one(Conversation, draft.conversation_id) if draft.conversation_id else None
    labels = await weighing.of_matter(tx, talk) if talk else None
    ticket = Ticket(
        id=new_id(),
        number=await _next_number(tx, opened),
        conversation_id=draft.conversation_id,
        customer_id=draft.customer_id,
        source=draft.source,
        cause=draft.cause,
        kind=draft.kind,
        title=draft.title or headline(draft.description),
        description=draft.description,
        order_number=draft.order_number,
        contact=draft.contact,
        category=draft.category
        or _CATEGORIES.get(draft.kind, labels.category.key if labels else "other"),
        nature=draft.nature or await _nature(tx, draft.kind, talk),
        impact=draft.impact or (int(labels.impact.key) if labels else 1),
        urgency=draft.urgency or (int(labels.urgency.key) if labels else 1),
        labels=to_jsonable_python(asdict(labels)) if labels else {},
        tags=list(draft.tags),
        created_at=opened,
        updated_at=opened,
    )
    ticket.repeated = await complaints.is_repeated(tx, ticket)
    ticket.priority = draft.priority or await _priority(tx, ticket, draft, labels)
    await clocks.begin(tx, ticket)
    tx.add(ticket)
    await tx.flush()
    await complaints.begin(tx, ticket)
    history.record(tx, ticket, staff, "created", source=ticket.source, priority=ticket.priority)
    if ticket.priority == "P1":
        await incidents.opened_by_p1(tx, ticket, ticket.impact)
    await search.touch_ticket(tx, ticket)
    return ticket


async def _priority(
    tx: Transaction, ticket: Ticket, draft: Draft, labels: MessageLabels | None
) -> str:
    """As judged, but never below what the conversation and its messages were given."""
    settled = await judged(tx, ticket)
    if draft.impact is not None or draft.urgency is not None:
        return settled
    given = [labels.priority.key] if labels else []
    return min([settled, *given, *([draft.at_least] if draft.at_least else [])])


async def _nature(tx: Transaction, kind: str, talk: Conversation | None) -> str:
    """Feedback is what the newest message that is one or the other says: suggestion or praise."""
    if kind == "complaint":
        return "complaint"
    if kind == "feedback":
        query = select(TriageResult.nature).where(
            TriageResult.conversation_id == (talk.id if talk else None),
            TriageResult.nature.in_(_FEEDBACK),
        )
        newest = query.order_by(TriageResult.created_at.desc()).limit(1)
        return await tx.scalar(newest) or "suggestion"
    return (await weighing.nature_of_matter(tx, talk) if talk else None) or "help"


async def _next_number(tx: Transaction, opened: datetime) -> str:
    count = await tx.scalar(select(NUMBERS.next_value()))
    return f"T{opened.astimezone(SHOP_TIME):%Y%m%d}-{count:05d}"
