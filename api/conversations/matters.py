"""One matter after another in the same conversation: what is over is over when a new one begins."""

from __future__ import annotations

from uuid import UUID

from api.conversations.rating import is_rated
from api.conversations.service import change_state
from api.db import Transaction
from api.handoffs.hops import owner_of, record_hop
from api.handoffs.notices import tell
from api.ids import new_id
from api.learning.rollout import tracks
from api.models import Conversation, EarlierRating
from triage.ownership import State

REOPENED = "reopened"
"""Reason of the hop back to the bot."""


async def new_conversation(
    tx: Transaction, customer_id: UUID, channel: str, contact_id: UUID | None = None
) -> Conversation:
    """A conversation that the bot has; a canary is given its share of them."""
    conversation = Conversation(
        id=new_id(), customer_id=customer_id, channel=channel, contact_id=contact_id
    )
    conversation.track = await tracks.choose(tx, conversation.id)
    tx.add(conversation)
    await tx.flush()
    return conversation


async def reopen(tx: Transaction, conversation: Conversation) -> None:
    """Start again with the bot after the conversation had ended; what is new is judged anew.

    After it was closed another matter begins; else the customer, who was told that a person or a
    ticket has it, is told that the bot answers. The conversation must be locked by the caller.
    """
    before, source = State(conversation.state), owner_of(conversation)
    if before is State.CLOSED:
        await _begin_matter(tx, conversation)
    if before is not State.TICKETED:
        conversation.priority = conversation.category = None
    change_state(tx, conversation, State.BOT)
    conversation.closed_at = None
    await record_hop(tx, conversation, source, owner_of(conversation), REOPENED, None)
    if before is not State.CLOSED:
        tell(tx, conversation, "reopened", "human")


async def _begin_matter(tx: Transaction, conversation: Conversation) -> None:
    """Nobody answers for it yet, and the customer is asked again how it was."""
    conversation.track = await tracks.choose(tx, conversation.id)
    conversation.responsible_id = None
    if is_rated(conversation):
        tx.add(
            EarlierRating(
                id=new_id(),
                conversation_id=conversation.id,
                matter_seq=conversation.matter_seq,
                rating=conversation.rating,
                nps=conversation.nps,
                comment=conversation.rating_comment,
                rated_at=conversation.rated_at,
            )
        )
    conversation.rating = conversation.nps = None
    conversation.rating_comment = conversation.rated_at = None
    conversation.matter_seq = conversation.last_seq + 1
