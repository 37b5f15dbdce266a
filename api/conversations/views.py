"""Turns rows into what visitors and staff see."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from api.conversations import repository
from api.conversations.schemas import (
    ConversationDetail,
    ConversationSummary,
    CustomerRef,
    Labelled,
    LastMessage,
    MessageOut,
    PersonRef,
    StaffMessage,
    TurnOut,
)
from api.db import Transaction
from api.handoffs.packets import LABELS
from api.i18n import say
from api.models import Conversation, Customer, Message, TriageResult, Turn
from classifier.labels import label_name
from triage.packet import MessageLabels


def labelled(target: str, key: str) -> Labelled:
    """A label key with its Chinese name."""
    return Labelled(key=key, name=label_name(target, key))


async def visitor_messages(tx: Transaction, conversation_id: UUID, after: int) -> list[MessageOut]:
    """What the customer may see after `after`; suppressed replies are not among it."""
    messages = await repository.messages_after(tx, conversation_id, after, suppressed=False)
    names = await _author_names(tx, messages)
    return [_message(message, names) for message in messages]


async def staff_messages(tx: Transaction, conversation_id: UUID, after: int) -> list[StaffMessage]:
    """All messages after `after`, with turns and labels."""
    messages = await repository.messages_after(tx, conversation_id, after, suppressed=True)
    return await describe(tx, conversation_id, messages)


async def describe(
    tx: Transaction, conversation_id: UUID, messages: Sequence[Message]
) -> list[StaffMessage]:
    """`messages` of one conversation as staff see them."""
    if not messages:
        return []
    names = await _author_names(tx, messages)
    turns = await repository.turns(tx, conversation_id)
    results = await repository.triage_results(tx, conversation_id)
    return [
        StaffMessage(
            **_message(message, names).model_dump(),
            suppressed=message.suppressed,
            turn=_turn(turns.get(message.reply_to or message.id)),
            labels=_labels(results.get(message.id)),
        )
        for message in messages
    ]


async def summaries(
    tx: Transaction, conversations: Sequence[Conversation]
) -> list[ConversationSummary]:
    """Lines of a list."""
    customers = await repository.customers(tx, {item.customer_id for item in conversations})
    owners = {item.owner_id for item in conversations if item.owner_id is not None}
    names = await repository.staff_names(tx, owners)
    return [_summary(item, customers[item.customer_id], names) for item in conversations]


async def detail(tx: Transaction, conversation: Conversation) -> ConversationDetail:
    """One conversation with everything but its messages."""
    (summary,) = await summaries(tx, [conversation])
    responsible = conversation.responsible_id
    names = await repository.staff_names(tx, {responsible} if responsible else set())
    return ConversationDetail(
        **summary.model_dump(),
        handoff_count=conversation.handoff_count,
        rating=conversation.rating,
        responsible=_person(responsible, names),
        created_at=conversation.created_at,
        closed_at=conversation.closed_at,
    )


def _message(message: Message, names: dict[UUID, str]) -> MessageOut:
    name = say("author.bot") if message.author == "bot" else None
    if message.staff_id is not None:
        name = names.get(message.staff_id)
    return MessageOut.model_validate(
        {
            "id": message.id,
            "seq": message.seq,
            "author": message.author,
            "kind": message.kind,
            "text": message.text,
            "buttons": message.buttons,
            "client_id": message.client_id,
            "reply_to": message.reply_to,
            "author_name": name,
            "created_at": message.created_at,
        }
    )


def _turn(turn: Turn | None) -> TurnOut | None:
    if turn is None:
        return None
    return TurnOut(outcome=turn.outcome, intent=turn.nlu.get("intent"), release=turn.release)


def _labels(result: TriageResult | None) -> MessageLabels | None:
    return LABELS.validate_python(result.labels) if result is not None else None


def _summary(
    conversation: Conversation, customer: Customer, names: dict[UUID, str]
) -> ConversationSummary:
    last = None
    if conversation.last_message_at is not None:
        last = LastMessage(
            author=conversation.last_author or "system",
            text=conversation.last_text or "",
            created_at=conversation.last_message_at,
        )
    category = conversation.category
    return ConversationSummary(
        id=conversation.id,
        state=conversation.state,
        channel=conversation.channel,
        customer=CustomerRef(
            id=customer.id, display_name=customer.display_name, tier=customer.tier
        ),
        owner=_person(conversation.owner_id, names),
        priority=conversation.priority,
        category=labelled("category", category) if category else None,
        sentiment=conversation.sentiment,
        anger=conversation.anger,
        last_message=last,
        unread=conversation.unread,
        queued_at=conversation.queued_at,
        first_response_due_at=conversation.first_response_due_at,
        updated_at=conversation.updated_at,
    )


def _person(staff_id: UUID | None, names: dict[UUID, str]) -> PersonRef | None:
    if staff_id is None:
        return None
    return PersonRef(id=staff_id, display_name=names.get(staff_id, ""))


async def _author_names(tx: Transaction, messages: Sequence[Message]) -> dict[UUID, str]:
    return await repository.staff_names(
        tx, {message.staff_id for message in messages if message.staff_id is not None}
    )
