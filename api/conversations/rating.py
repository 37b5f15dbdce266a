"""How satisfied a customer was: kept once a matter, however they were asked."""

from __future__ import annotations

from api.conversations import repository
from api.conversations.text import clean
from api.db import Transaction
from api.errors import AlreadyRated, EmptyText, NotRateable
from api.events import Event
from api.ids import now
from api.models import Conversation
from triage.ownership import State

RATEABLE = frozenset({State.WRAP_UP, State.CLOSED})


def is_rated(conversation: Conversation) -> bool:
    """Ratings of before the survey had a time of their own."""
    return conversation.rated_at is not None or conversation.rating is not None


async def is_rateable(tx: Transaction, conversation: Conversation) -> bool:
    """It has ended, and the matter has something to rate: a person, or an answer of the bot."""
    if conversation.state not in RATEABLE:
        return False
    if conversation.responsible_id is not None:
        return True
    return await repository.has_answer(tx, conversation.id, conversation.matter_seq)


async def rate(
    tx: Transaction,
    conversation: Conversation,
    score: int | None,
    nps: int | None,
    comment: str | None,
) -> None:
    """Store the survey, once. The conversation must be locked by the caller.

    Raises NotRateable before the end or when there is nothing to rate, AlreadyRated after.
    """
    if is_rated(conversation):
        raise AlreadyRated
    if not await is_rateable(tx, conversation):
        raise NotRateable
    conversation.rating = score
    conversation.nps = nps
    conversation.rating_comment = _comment(comment)
    conversation.rated_at = now()
    tx.emit(Event("conversation", str(conversation.id)))


def add_nps(tx: Transaction, conversation: Conversation, nps: int) -> None:
    """The second question of a survey that asks one after the other; raises AlreadyRated."""
    if conversation.nps is not None:
        raise AlreadyRated
    conversation.nps = nps
    tx.emit(Event("conversation", str(conversation.id)))


def _comment(comment: str | None) -> str | None:
    try:
        return clean(comment or "")
    except EmptyText:
        return None
