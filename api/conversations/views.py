"""Turns rows into what visitors and staff see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.attachments.schemas import AttachmentOut
from api.channels import views as channels
from api.commerce.masking import mask_numbers
from api.conversations import files, repository
from api.conversations.masking import hidden, hidden_quote
from api.conversations.meant import meant
from api.conversations.schemas import (
    ConversationDetail,
    ConversationSummary,
    CustomerRef,
    Labelled,
    LastMessage,
    Meant,
    MessageOut,
    PersonRef,
    Quote,
    StaffMessage,
    TurnOut,
    Wanted,
)
from api.conversations.weighing import LABELS
from api.db import Transaction
from api.deadlines import running
from api.deadlines.running import RunningDeadline
from api.i18n import say
from api.ids import now
from api.models import Conversation, Customer, Message, TriageResult, Turn
from classifier.labels import label_name
from triage.packet import MessageLabels

_QUOTED = 200
"""Characters of a quoted message that are shown."""


def labelled(target: str, key: str) -> Labelled:
    """A label key with its Chinese name."""
    return Labelled(key=key, name=label_name(target, key))


@dataclass(frozen=True, slots=True)
class _Around:
    """What is shown with messages: names of their authors, quotes and files."""

    names: dict[UUID, str]
    quoted: dict[UUID, Message]
    files: dict[UUID, list[AttachmentOut]]
    recalled: str
    """What is shown of a message that was taken back."""


async def visitor_messages(tx: Transaction, conversation_id: UUID, after: int) -> list[MessageOut]:
    """What the customer may see after `after`: no notes, no suppressed replies."""
    messages = await repository.messages_after(tx, conversation_id, after, staff=False)
    return await for_customer(tx, messages)


async def for_customer(tx: Transaction, messages: Sequence[Message]) -> list[MessageOut]:
    """`messages` as the customer sees them; they must be such that the customer may see."""
    around = await _around(tx, messages, say("message.recalled"))
    return [_message(message, around) for message in messages]


async def staff_messages(tx: Transaction, conversation_id: UUID, after: int) -> list[StaffMessage]:
    """All messages after `after`, with turns and labels."""
    messages = await repository.messages_after(tx, conversation_id, after, staff=True)
    return await describe(tx, messages)


async def describe(tx: Transaction, messages: Sequence[Message]) -> list[StaffMessage]:
    """`messages` as staff see them, each with the turn it began or answers and its labels."""
    if not messages:
        return []
    around = await _around(tx, messages, say("message.recalled_by_staff"))
    turns = await repository.turns(tx, {each.reply_to or each.id for each in messages})
    results = await repository.triage_results(tx, {each.id for each in messages})
    understood = await meant(tx, turns.values())
    sent = await channels.deliveries(tx, {each.id for each in messages})
    return [
        StaffMessage(
            **_masked(_message(message, around)),
            author_id=message.staff_id,
            suppressed=message.suppressed,
            private=message.private,
            mentions=[UUID(staff_id) for staff_id in message.mentions],
            turn=_turn(turns.get(message.reply_to or message.id), understood),
            labels=_labels(results.get(message.id)),
            delivery=sent.get(message.id),
        )
        for message in messages
    ]


async def summaries(
    tx: Transaction, conversations: Sequence[Conversation]
) -> list[ConversationSummary]:
    """Lines of a list."""
    customers = await repository.customers(tx, {item.customer_id for item in conversations})
    people = [each for item in conversations for each in (item.owner_id, item.wanted_agent_id)]
    names = await repository.staff_names(tx, people)
    due = await running.most_urgent(tx, [item.id for item in conversations], now())
    return [
        _summary(item, customers[item.customer_id], names, due.get(item.id))
        for item in conversations
    ]


async def detail(tx: Transaction, conversation: Conversation) -> ConversationDetail:
    """One conversation with everything but its messages."""
    (summary,) = await summaries(tx, [conversation])
    responsible = conversation.responsible_id
    names = await repository.staff_names(tx, [responsible])
    return ConversationDetail(
        **dict(summary),
        handoff_count=conversation.handoff_count,
        customer_read_seq=conversation.customer_read_seq,
        rating=conversation.rating,
        nps=conversation.nps,
        rating_comment=mask_numbers(conversation.rating_comment or "") or None,
        responsible=PersonRef.of(responsible, names),
        reach=await channels.reach(tx, conversation, now()),
        created_at=conversation.created_at,
        closed_at=conversation.closed_at,
    )


def _message(message: Message, around: _Around) -> MessageOut:
    recalled = message.recalled_at is not None
    return MessageOut.model_validate(
        {
            "id": message.id,
            "seq": message.seq,
            "author": message.author,
            "kind": message.kind,
            "text": around.recalled if recalled else message.text,
            "buttons": [] if recalled else message.buttons,
            "client_id": message.client_id,
            "reply_to": message.reply_to,
            "author_name": _author_name(message, around.names),
            "quote": None if recalled else _quote(message, around),
            "attachments": around.files.get(message.id, []),
            "recalled": recalled,
            "created_at": message.created_at,
        }
    )


def _masked(shown: MessageOut) -> dict[str, Any]:
    """The fields of a message with the numbers hidden that staff have to ask for."""
    text = hidden(shown.author, shown.text)
    seen = {"text": text, "quote": hidden_quote(shown.quote), "masked": text != shown.text}
    return {**dict(shown), **seen}


def _quote(message: Message, around: _Around) -> Quote | None:
    quoted = around.quoted.get(message.quote_of) if message.quote_of else None
    if quoted is None:
        return None
    return Quote(
        seq=quoted.seq,
        author=quoted.author,
        author_name=_author_name(quoted, around.names),
        text=around.recalled if quoted.recalled_at else quoted.text[:_QUOTED],
    )


def _author_name(message: Message, names: dict[UUID, str]) -> str | None:
    if message.staff_id is not None:
        return names.get(message.staff_id)
    return say("author.bot") if message.author == "bot" else None


def _turn(turn: Turn | None, understood: Mapping[UUID, Meant]) -> TurnOut | None:
    if turn is None:
        return None
    return TurnOut(
        outcome=turn.outcome,
        intent=turn.nlu.get("intent"),
        meant=understood.get(turn.message_id),
        release=turn.release,
    )


def _labels(result: TriageResult | None) -> MessageLabels | None:
    return LABELS.validate_python(result.labels) if result is not None else None


def _summary(
    conversation: Conversation,
    customer: Customer,
    names: dict[UUID, str],
    deadline: RunningDeadline | None,
) -> ConversationSummary:
    last = None
    if conversation.last_message_at is not None:
        last = LastMessage(
            author=conversation.last_author or "system",
            text=hidden(conversation.last_author or "system", conversation.last_text or ""),
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
        owner=PersonRef.of(conversation.owner_id, names),
        priority=conversation.priority,
        category=labelled("category", category) if category else None,
        sentiment=conversation.sentiment,
        anger=conversation.anger,
        last_message=last,
        unread=conversation.unread,
        queued_at=conversation.queued_at,
        first_response_due_at=conversation.first_response_due_at,
        language=conversation.language,
        tags=conversation.tags,
        deadline=deadline,
        wanted=_wanted(conversation, names),
        updated_at=conversation.updated_at,
    )


def _wanted(conversation: Conversation, names: dict[UUID, str]) -> Wanted | None:
    agent, skill = conversation.wanted_agent_id, conversation.wanted_skill
    if agent is None and skill is None:
        return None
    return Wanted(
        agent=PersonRef.of(agent, names), skill=labelled("category", skill) if skill else None
    )


async def _around(tx: Transaction, messages: Sequence[Message], recalled: str) -> _Around:
    quoted = await files.quoted(tx, messages)
    authors = [message.staff_id for message in (*messages, *quoted.values())]
    names = await repository.staff_names(tx, authors)
    return _Around(names, quoted, await files.files(tx, messages), recalled)
