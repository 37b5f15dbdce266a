"""Messages in pieces: which unanswered messages a turn answers.

The group of a turn is written down (`Turn.answered_with`) before the bot is asked, so that a turn
that is run again after a crash asks the same thing under the same message id, whatever the
customer has sent meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.conversations import repository
from api.conversations.pieces import pieces_of
from api.conversations.service import finish_turn
from api.db import Transaction
from api.models import Conversation, Message, Turn
from api.policies.service import policies
from triage.human_request import asks_for_person
from triage.ownership import State
from triage.pieces import TakenAlong, Wait, join, plan
from triage.policy import PiecesPolicy

JOINED = "joined"
"""Outcome of a message that is answered with a later one."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a turn answers: the customer's messages, oldest first; the last is the turn's own."""

    message_ids: tuple[UUID, ...]
    texts: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it as the bot reads it."""
        return join(self.texts)

    @property
    def wish(self) -> str:
        """The piece that asks for a person, which among others might be lost; else the text."""
        return next((text for text in self.texts if asks_for_person(text)), self.text)


async def gather(tx: Transaction, turn: Turn, moment: datetime) -> Gathered | Wait | TakenAlong:
    """What `turn` answers, once and for all; earlier pieces are over with it.

    Wait and TakenAlong leave everything as it was.
    """
    if turn.answered_with is not None:
        return _gathered(await repository.gathered_by(tx, turn))
    conversation = await repository.lock(tx, turn.conversation_id)
    policy = (await policies(tx)).pieces
    if not policy.wait(conversation.channel):
        return _gathered([await tx.get_one(Message, turn.message_id)])
    turn = await tx.get_one(Turn, turn.message_id, populate_existing=True)
    if turn.answered_with is not None:
        return _gathered(await repository.gathered_by(tx, turn))
    group = await _group(tx, conversation, turn, policy, moment)
    if isinstance(group, Wait | TakenAlong):
        return group
    for piece, _ in group:
        piece.answered_with = turn.message_id
        if piece is not turn:
            finish_turn(tx, piece, JOINED)
    return _gathered([message for _, message in group])


async def _group(
    tx: Transaction,
    conversation: Conversation,
    turn: Turn,
    policy: PiecesPolicy,
    moment: datetime,
) -> list[tuple[Turn, Message]] | Wait | TakenAlong:
    alone = [(turn, await tx.get_one(Message, turn.message_id))]
    if State(conversation.state) in (State.ACTIVE, State.QUEUED):
        return alone
    waiting = await repository.ungathered(tx, conversation.id)
    own = next((at for at, (piece, _) in enumerate(waiting) if piece is turn), None)
    if own is None:
        return alone
    pieces = await pieces_of(tx, waiting)
    decided = plan(pieces, own, policy.wait(conversation.channel), policy, moment)
    if isinstance(decided, Wait | TakenAlong):
        return decided
    return waiting[decided.first : own + 1]


def _gathered(messages: Sequence[Message]) -> Gathered:
    return Gathered(
        tuple(message.id for message in messages), tuple(message.text for message in messages)
    )
