"""Unanswered messages as pieces of a thought, and when the newest may be answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from api.conversations import repository
from api.db import Transaction
from api.models import Conversation, Message, Turn
from api.policies.service import policies
from triage.ownership import State
from triage.pieces import Piece, groups


async def due_at(tx: Transaction, conversation: Conversation) -> datetime | None:
    """When the turn of the newest message may begin; None: at once."""
    policy = (await policies(tx)).pieces
    wait = policy.wait(conversation.channel)
    if not wait or State(conversation.state) is not State.BOT:
        return None
    pieces = await pieces_of(tx, await repository.ungathered(tx, conversation.id))
    group = groups(pieces, wait, policy)[-1]
    return group.due_at if group.due_at > pieces[-1].sent_at else None


async def pieces_of(tx: Transaction, waiting: Sequence[tuple[Turn, Message]]) -> list[Piece]:
    """The messages of `waiting`, oldest first; a tapped button says all by itself."""
    buttons: set[str] = set()
    if waiting:
        buttons = await repository.buttons_before(tx, waiting[0][1])
    return [
        Piece(message.text, message.created_at, sure=True if message.text in buttons else None)
        for _, message in waiting
    ]
