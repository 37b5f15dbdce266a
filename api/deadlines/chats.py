"""The clocks of conversations: first response after a hand-off, next response ever after."""

from __future__ import annotations

from datetime import datetime

from api.db import Transaction
from api.deadlines import service
from api.ids import now
from api.models import Conversation
from triage.ownership import State
from triage.policy import SlaKind

_FIRST, _NEXT = SlaKind.CHAT_FIRST_RESPONSE, SlaKind.NEXT_RESPONSE
_LOWEST = "P4"


async def waits(tx: Transaction, conversation: Conversation, at: datetime | None = None) -> None:
    """The customer waits for a person, from a hand-off or a transfer on.

    The first response counts from the first hand-off; once it was given, so does the next one from
    `at` (now). A clock that runs already runs on, at the present priority.
    """
    if conversation.first_response_at is None:
        since = conversation.queued_at or at
        row = await service.start(
            tx, "conversation", conversation.id, _FIRST, conversation.priority or _LOWEST, since
        )
        conversation.first_response_due_at = row.due_at
    else:
        await _next(tx, conversation, at or now())
    await aim(tx, conversation)


async def customer_wrote(tx: Transaction, conversation: Conversation, at: datetime) -> None:
    """The customer has written to an agent; further messages wait for the same answer."""
    if State(conversation.state) is State.ACTIVE and conversation.first_response_at is not None:
        await _next(tx, conversation, at)


async def answered(tx: Transaction, conversation: Conversation, at: datetime) -> None:
    """A person has answered; for the first response only the first time counts."""
    conversation.first_response_at = conversation.first_response_at or at
    await service.meet(tx, conversation.id, _FIRST, _NEXT, at=at)


async def aim(tx: Transaction, conversation: Conversation) -> None:
    """Aim what runs at the present priority."""
    wanted = conversation.priority or _LOWEST
    running = (await service.of(tx, [conversation.id], running=True)).get(conversation.id, [])
    if any(row.priority != wanted for row in running):
        await service.retarget(tx, conversation.id, wanted)
    first = next((row for row in running if row.kind == _FIRST), None)
    if first is not None:
        conversation.first_response_due_at = first.due_at


async def over(tx: Transaction, conversation: Conversation) -> None:
    """Nobody waits any more: it has ended, become a ticket, or the bot has it."""
    conversation.first_response_due_at = None
    await service.cancel(tx, conversation.id)


async def _next(tx: Transaction, conversation: Conversation, at: datetime) -> None:
    priority = conversation.priority or _LOWEST
    await service.start(tx, "conversation", conversation.id, _NEXT, priority, at)
