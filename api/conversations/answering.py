"""What the bot was asked, and what is kept of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python

from api.assistant import Answer
from api.conversations import repository
from api.conversations.judging import settle
from api.conversations.service import append, finish_turn
from api.db import Transaction
from api.handoffs.hops import hop_exists
from api.learning import releases
from api.learning.labelling import Labels
from api.models import Turn
from triage.decision import may_speak
from triage.ownership import State


@dataclass(frozen=True, slots=True)
class Question:
    """What the bot is asked; `wish` as in `Context.wants_person`."""

    conversation_id: UUID
    message_id: UUID
    text: str
    channel: str
    wish: float | None
    labels: Labels | None
    only_read: bool = False
    """A person answers; the bot is asked what it makes of it."""


async def store_answer(tx: Transaction, question: Question, answer: Answer) -> None:
    """End the turn with what the bot said, unless it is over by now."""
    conversation_id, message_id = question.conversation_id, question.message_id
    conversation = await repository.lock(tx, conversation_id)
    turn = await tx.get_one(Turn, message_id, populate_existing=True)
    if turn.state == "done":
        return
    speaks = may_speak(State(conversation.state), answer.outcome == "handoff")
    for reply in answer.replies:
        append(
            tx,
            conversation,
            author="bot",
            kind=reply.kind,
            text=reply.text,
            buttons=reply.buttons,
            reply_to=message_id,
            suppressed=not speaks,
        )
    turn.nlu = to_jsonable_python(answer.nlu)
    turn.answers = [to_jsonable_python(ranked) for ranked in answer.answers]
    turn.suggestions = list(answer.suggestions)
    turn.release = await _release_of(tx, answer, question.labels)
    conversation.slots = _filled(answer.slots)
    await settle(tx, conversation)
    granted = speaks or await hop_exists(tx, conversation_id, f"turn:{message_id}")
    finish_turn(tx, turn, answer.outcome if granted else "suppressed")


async def _release_of(tx: Transaction, answer: Answer, labels: Labels | None) -> int | None:
    if labels is not None and answer.model is not None and labels.model == answer.model:
        return labels.release
    return await releases.number_of(tx, answer.model)


def _filled(slots: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in slots.items() if value not in (None, "", [])}
