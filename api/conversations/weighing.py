"""Collects from the database what `triage.matter` makes the labels of a matter of."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter
from sqlalchemy import select

from api.db import Transaction
from api.i18n import say
from api.models import Conversation, LabelCorrection, Message, TriageResult, Turn
from classifier.labels import label_name
from triage import packet
from triage.matter import Correction, Voice, weigh
from triage.pieces import join
from triage.policy import label_policy

LABELS = TypeAdapter(packet.MessageLabels)
_TARGETS = ("category", "nature", "priority")


async def of_matter(tx: Transaction, conversation: Conversation) -> packet.MessageLabels | None:
    """The labels of the present matter; None while nothing is said of it."""
    voices = await _voices(tx, conversation)
    return weigh(voices, await corrections(tx, conversation), label_policy())


async def nature_of_matter(tx: Transaction, conversation: Conversation) -> str | None:
    """The nature of the present matter, as far as a message or a person has said it."""
    labels = await of_matter(tx, conversation)
    if labels is not None:
        return labels.nature.key
    given = [each.key for each in await corrections(tx, conversation) if each.target == "nature"]
    return given[-1] if given else None


async def corrections(tx: Transaction, conversation: Conversation) -> list[Correction]:
    """What people have put right in the present matter, oldest first."""
    begun = select(Message.created_at).where(
        Message.conversation_id == conversation.id, Message.seq == conversation.matter_seq
    )
    query = select(LabelCorrection).where(
        LabelCorrection.conversation_id == conversation.id,
        LabelCorrection.target.in_(_TARGETS),
        LabelCorrection.created_at >= begun.scalar_subquery(),
    )
    rows = (await tx.scalars(query.order_by(LabelCorrection.id))).all()
    return [
        Correction(row.target, row.corrected, _name(row.target, row.corrected), row.created_at)
        for row in rows
    ]


async def _voices(tx: Transaction, conversation: Conversation) -> list[Voice]:
    """What the customer has said; pieces that were understood together are one."""
    query = (
        select(Message, TriageResult, Turn)
        .join(TriageResult, TriageResult.message_id == Message.id)
        .join(Turn, Turn.message_id == Message.id)
        .where(
            Message.conversation_id == conversation.id,
            Message.seq >= conversation.matter_seq,
            Message.recalled_at.is_(None),
        )
        .order_by(Message.seq)
    )
    groups: dict[object, list[tuple[Message, TriageResult, Turn]]] = {}
    for message, result, turn in await tx.execute(query):
        asked = turn.answered_with or turn.message_id
        groups.setdefault(asked, []).append((message, result, turn))
    return [_voice(group) for group in groups.values()]


def _voice(group: Sequence[tuple[Message, TriageResult, Turn]]) -> Voice:
    _, result, turn = group[-1]
    return Voice(
        text=join([message.text for message, _, _ in group]),
        labels=LABELS.validate_python(result.labels),
        said_at=result.created_at,
        reading=turn.nlu.get("intent", {}).get("name"),
    )


def _name(target: str, key: str) -> str:
    return say(f"priority.{key}") if target == "priority" else label_name(target, key)
