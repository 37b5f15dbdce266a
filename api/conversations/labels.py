"""Labels and tags put right by people; every correction is kept to learn from (norms §1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from api.audit import service as audit
from api.auth.service import Role, SignedIn
from api.conversations import access, judging, weighing
from api.db import Transaction
from api.deadlines import chats, incidents
from api.errors import P1Protected
from api.events import Event
from api.ids import new_id, now
from api.models import Conversation, LabelCorrection, TriageResult
from triage.tickets import may_set_priority

LOWEST = "P4"


@dataclass(frozen=True, slots=True)
class Corrected:
    """The right labels; None: as they are."""

    category: str | None = None
    nature: str | None = None
    priority: str | None = None
    reason: str | None = None


async def correct(
    tx: Transaction, conversation_id: UUID, staff: SignedIn, right: Corrected
) -> Conversation:
    """Put labels right; what they already are changes nothing.

    Raises NotFound, and P1Protected when somebody other than a supervisor lowers P1.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    await put_right(tx, conversation, staff, right)
    return conversation


async def put_right(
    tx: Transaction, conversation: Conversation, staff: SignedIn, right: Corrected
) -> None:
    """As `correct`, for a conversation that the caller has locked."""
    leads = staff.role.covers(Role.SUPERVISOR)
    before = conversation.priority
    if right.priority and not may_set_priority(before or LOWEST, right.priority, leads=leads):
        raise P1Protected
    seen = await _seen(tx, conversation.id)
    changed = [
        (target, said, corrected)
        for target, said, corrected in (
            ("category", conversation.category, right.category),
            ("nature", await weighing.nature_of_matter(tx, conversation), right.nature),
            ("priority", before, right.priority),
        )
        if corrected is not None and corrected != said
    ]
    for target, said, corrected in changed:
        await _keep(tx, conversation, staff, seen, (target, said, corrected))
        action = "priority_changed" if target == "priority" else "label_changed"
        data = {"target": target, "before": said, "after": corrected, "reason": right.reason}
        await audit.record(tx, staff, action, "conversation", conversation.id, data)
    if not changed:
        return
    conversation.category = right.category or conversation.category
    conversation.updated_at = now()
    wanted = right.priority
    if wanted is None and any(target == "nature" for target, _, _ in changed):
        wanted = await _raised(tx, conversation, staff, right)
    if wanted is not None and wanted != before:
        conversation.priority = wanted
        await chats.aim(tx, conversation)
        if wanted == "P1":
            impact = int(seen[0].labels["impact"]["key"]) if seen else 1
            await incidents.opened_by_p1(tx, conversation, impact)
    tx.emit(Event("conversation", str(conversation.id)))
    await tx.flush()


async def _raised(
    tx: Transaction, conversation: Conversation, staff: SignedIn, right: Corrected
) -> str | None:
    """The priority the policy asks for now that it is a complaint; None when it stays (norms §1).

    As with tickets, it only raises.
    """
    if right.nature != judging.COMPLAINT:
        return None
    before, judged = conversation.priority, await judging.as_complaint(tx, conversation)
    if judged >= (before or LOWEST):
        return None
    data = {"target": "priority", "before": before, "after": judged, "reason": right.reason}
    await audit.record(tx, staff, "priority_changed", "conversation", conversation.id, data)
    return judged


async def set_tags(
    tx: Transaction, conversation_id: UUID, staff: SignedIn, tags: Sequence[str]
) -> Conversation:
    """Give the conversation exactly these tags; raises NotFound."""
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    tag(tx, conversation, tags)
    return conversation


def tag(tx: Transaction, conversation: Conversation, tags: Sequence[str]) -> None:
    """As `set_tags`, for a conversation that the caller has locked."""
    if list(tags) != conversation.tags:
        conversation.tags = list(tags)
        conversation.updated_at = now()
        tx.emit(Event("conversation", str(conversation.id)))


async def _keep(
    tx: Transaction,
    conversation: Conversation,
    staff: SignedIn,
    seen: Sequence[TriageResult],
    change: tuple[str, str | None, str],
) -> None:
    """Keep what was corrected with the message it was said of: the newest one labelled so."""
    target, said, corrected = change
    newest = next((result for result in seen if getattr(result, target) == said), None)
    chosen = newest or (seen[0] if seen else None)
    tx.add(
        LabelCorrection(
            id=new_id(),
            conversation_id=conversation.id,
            message_id=chosen.message_id if chosen else None,
            target=target,
            said=said,
            corrected=corrected,
            staff_id=staff.id,
        )
    )


async def _seen(tx: Transaction, conversation_id: UUID) -> Sequence[TriageResult]:
    """The labels of its messages, newest first."""
    query = select(TriageResult).where(TriageResult.conversation_id == conversation_id)
    return (await tx.scalars(query.order_by(TriageResult.message_id.desc()))).all()
