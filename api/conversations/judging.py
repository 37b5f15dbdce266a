"""What the classifier saw in a message becomes its labels, and what they mean for a conversation.

The policy of norms §1 has the last word on the priority: it knows who the customer is and what was
before, which no text tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import func, or_, select

from api.conversations import repository, weighing
from api.db import Transaction
from api.deadlines import chats, incidents
from api.learning.labelling import Labels, by_policy
from api.models import Conversation, Customer, Message, Ticket, TriageResult, Turn
from api.policies.service import policies
from triage import complaints
from triage.complaints import Filed
from triage.packet import MessageLabels
from triage.priority import prioritise
from triage.waiting import VIP

COMPLAINT = "complaint"


async def judge(
    tx: Transaction, conversation: Conversation, message_ids: Sequence[UUID], seen: Labels
) -> Labels:
    """Store what was `seen` in messages that were understood together, with the priority that the
    policy gives; the labels as stored. The conversation must be locked by the caller.

    What another release had seen in them is undone first: it does not answer them after all.
    """
    newest = await tx.get_one(Message, message_ids[-1])
    await _undo(tx, conversation, message_ids, seen.release)
    stood_before = {"priority": conversation.priority, "category": conversation.category}
    judged = await _by_policy(tx, conversation, newest, seen.labels)
    for message_id in message_ids:
        await repository.save_triage_result(
            tx,
            TriageResult(
                message_id=message_id,
                conversation_id=conversation.id,
                release=seen.release,
                category=judged.category.key,
                nature=judged.nature.key,
                priority=judged.priority.key,
                sentiment=judged.sentiment.key,
                anger=judged.anger.flag,
                labels=to_jsonable_python(judged),
                stood_before=stood_before,
            ),
        )
    await _follow(tx, conversation, judged)
    return replace(seen, labels=judged)


async def _undo(
    tx: Transaction, conversation: Conversation, message_ids: Sequence[UUID], release: int
) -> None:
    """Give the conversation back what it had before the labels of another release, unless
    a person has said something of it since, be it the same. What was done upon them (an incident)
    has happened.
    """
    # columns, not the entity: who reads that in this transaction must find the new labels
    query = select(
        TriageResult.priority,
        TriageResult.category,
        TriageResult.stood_before,
        TriageResult.created_at,
    ).where(TriageResult.message_id.in_(message_ids), TriageResult.release != release)
    stored = (await tx.execute(query.order_by(TriageResult.message_id))).all()
    if not stored:
        return
    first = stored[0]
    said = await weighing.corrections(tx, conversation)
    corrected = {each.target for each in said if each.at >= first.created_at}
    if "category" not in corrected and conversation.category in {each.category for each in stored}:
        conversation.category = first.stood_before.get("category")
    if "priority" not in corrected and conversation.priority in {each.priority for each in stored}:
        conversation.priority = first.stood_before.get("priority")
        if conversation.priority is not None:
            await chats.aim(tx, conversation)


async def settle(tx: Transaction, conversation: Conversation) -> None:
    """What the matter is about, from all of its messages, as they are read by now.

    The conversation must be locked by the caller.
    """
    labels = await weighing.of_matter(tx, conversation)
    if labels is not None:
        conversation.category = labels.category.key


async def as_complaint(tx: Transaction, conversation: Conversation) -> str:
    """The priority that the policy gives the present matter as a complaint, whatever was seen."""
    labels = await weighing.of_matter(tx, conversation)
    impact, urgency = (int(labels.impact.key), int(labels.urgency.key)) if labels else (1, 1)
    customer = await tx.get_one(Customer, conversation.customer_id)
    query = select(Message).where(
        Message.conversation_id == conversation.id,
        Message.author == "customer",
        Message.seq >= conversation.matter_seq,
    )
    newest = await tx.scalar(query.order_by(Message.seq.desc()).limit(1))
    repeated = (
        newest is not None
        and conversation.category is not None
        and await _is_repeated(tx, conversation, newest, conversation.category)
    )
    vip = customer.tier == VIP
    return prioritise(impact, urgency, vip_complaint=vip, repeated_complaint=repeated).key


async def _follow(tx: Transaction, conversation: Conversation, judged: MessageLabels) -> None:
    """A message raises the priority of its conversation and never lowers it."""
    conversation.sentiment = judged.sentiment.key
    conversation.anger = judged.anger.flag
    await settle(tx, conversation)
    if conversation.priority is None or judged.priority.key < conversation.priority:
        conversation.priority = judged.priority.key
        await chats.aim(tx, conversation)
    if judged.priority.key == "P1":
        await incidents.opened_by_p1(tx, conversation, int(judged.impact.key))


async def _by_policy(
    tx: Transaction, conversation: Conversation, message: Message, seen: MessageLabels
) -> MessageLabels:
    complains = seen.nature.key == COMPLAINT
    customer = await tx.get_one(Customer, conversation.customer_id)
    return by_policy(
        seen,
        vip_complaint=complains and customer.tier == VIP,
        unanswered=await _unanswered(tx, conversation, message),
        repeated_complaint=complains
        and await _is_repeated(tx, conversation, message, seen.category.key),
    )


async def _unanswered(tx: Transaction, conversation: Conversation, message: Message) -> int:
    """Messages of this matter up to `message` that neither the bot nor a person has answered.

    Pieces that are answered together are one.
    """
    answered = (
        select(func.coalesce(func.max(Message.seq), 0))
        .where(
            Message.conversation_id == conversation.id,
            Message.author.in_(("bot", "agent")),
            ~Message.private,
            ~Message.suppressed,
        )
        .scalar_subquery()
    )
    query = (
        select(func.count())
        .select_from(Turn)
        .join(Message, Message.id == Turn.message_id)
        .where(
            Turn.conversation_id == conversation.id,
            Turn.outcome.is_distinct_from("joined"),
            Message.seq > answered,
            Message.seq.between(conversation.matter_seq, message.seq),
        )
    )
    return await tx.scalar(query) or 0


async def _is_repeated(
    tx: Transaction, conversation: Conversation, message: Message, category: str
) -> bool:
    """重复投诉: the customer complained about the same before this matter, here or elsewhere."""
    policy = (await policies(tx)).complaints
    since = message.created_at - timedelta(days=policy.repeated_days)
    begun = select(Message.created_at).where(
        Message.conversation_id == conversation.id, Message.seq == conversation.matter_seq
    )
    said = (
        select(Message.id, Message.created_at)
        .join(TriageResult, TriageResult.message_id == Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.customer_id == conversation.customer_id,
            TriageResult.nature == COMPLAINT,
            TriageResult.category == category,
            Message.created_at >= since,
            or_(Conversation.id != conversation.id, Message.seq < conversation.matter_seq),
        )
    )
    filed = select(Ticket.id, Ticket.created_at).where(
        Ticket.customer_id == conversation.customer_id,
        Ticket.nature == COMPLAINT,
        Ticket.category == category,
        Ticket.merged_into_id.is_(None),
        Ticket.created_at >= since,
        or_(
            Ticket.conversation_id.is_distinct_from(conversation.id),
            Ticket.created_at < begun.scalar_subquery(),
        ),
    )
    rows = [*await tx.execute(said), *await tx.execute(filed)]
    earlier = [Filed(row.id, conversation.customer_id, category, row.created_at) for row in rows]
    new = Filed(message.id, conversation.customer_id, category, message.created_at)
    return bool(complaints.repeats(new, earlier, policy))
