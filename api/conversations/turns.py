"""The `turn` job: what happens to one customer message after it was accepted.

It may run again after a crash at any point: the labels are stored once, the bot answers the
same message id with the same answer, hand-offs are keyed by their cause, and the replies are
stored in the transaction that ends the turn. Where messages come in pieces, what a turn answers
is fixed before anything else happens (api.conversations.gathering).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from pydantic_core import to_jsonable_python

from api.assistant import Answer, Assistant, AssistantUnavailable, Button, Context
from api.channels.typing import Typing
from api.conversations import repository
from api.conversations.accepting import begin_again
from api.conversations.gathering import Gathered, gather
from api.conversations.judging import judge, settle
from api.conversations.service import append, finish_turn
from api.db import Database, Transaction
from api.events import Event
from api.handoffs import service as handoffs
from api.handoffs.choices import choose
from api.handoffs.hops import hop_exists
from api.i18n import say
from api.ids import now
from api.learning import releases
from api.learning.labelling import Labeller, Labels
from api.models import Conversation, Turn
from api.policies.service import policies
from api.settings import Settings
from triage.decision import AskBot, HandOff, Keep, Signals, decide, may_speak
from triage.human_request import asks_for_person
from triage.matter import tells
from triage.ownership import State
from triage.pieces import TakenAlong, Wait

log = structlog.get_logger(__name__)

HOPELESS_AFTER = timedelta(minutes=2)
"""Older than this, a message that a healthy bot fails on is handed to a person."""

_TO_PEOPLE = ("delivered", "queued", "handoff")
"""Outcomes of messages that a person answers."""

RECENT_TURNS = 3
RECENT_ENTRIES = 3
"""The bot is told so many entries of so many turns: what a short message may be about."""


@dataclass(frozen=True, slots=True)
class TurnRunner:
    """Runs turns with the process's database, bot and classifier."""

    database: Database
    assistant: Assistant
    labeller: Labeller
    settings: Settings
    typing: Typing | None = None
    """Shows customers on other channels that an answer is being written."""

    async def run(self, message_id: UUID) -> datetime | None:
        """Bring the turn of `message_id` to its end; harmless when it has ended already.

        Returns when to run it again if the customer may still be writing. A message that belongs
        to a later one is left to the turn of that one.
        """
        async with self.database.transaction() as tx:
            turn = await tx.get_one(Turn, message_id)
            if turn.state == "done":
                return None
            gathered = await gather(tx, turn, now())
            if isinstance(gathered, Wait):
                self._show_typing(turn.conversation_id)
                return gathered.until
            if isinstance(gathered, TakenAlong) or turn.state == "done":
                return None
        await self._handle(turn.conversation_id, message_id, gathered)
        return None

    async def _handle(self, conversation_id: UUID, message_id: UUID, gathered: Gathered) -> None:
        labels = await self.labeller.label(gathered.text)
        async with self.database.transaction() as tx:
            conversation = await repository.lock(tx, conversation_id)
            turn = await tx.get_one(Turn, message_id, populate_existing=True)
            if turn.state == "done":
                return
            await begin_again(tx, conversation)
            if labels is not None:
                labels = await judge(tx, conversation, gathered.message_ids, labels)
            policy = (await policies(tx)).handoff
            decision = decide(State(conversation.state), gathered.wish, _signals(labels), policy)
            if isinstance(decision, Keep):
                await self._keep(tx, conversation, turn, decision, gathered.wish)
            elif isinstance(decision, HandOff):
                await tx.flush()
                await handoffs.request(
                    tx, conversation_id, cause=f"turn:{message_id}", reason=decision.reason
                )
                finish_turn(tx, turn, "handoff")
            channel, outcome = conversation.channel, turn.outcome
        if isinstance(decision, AskBot):
            judged = labels is not None and labels.wants_person is not None
            wish = 0.0 if judged else None  # or it would have been granted just now
            await self._ask_bot(conversation_id, message_id, gathered.text, channel, wish)
        elif outcome in _TO_PEOPLE:
            await self._read(conversation_id, message_id, gathered.text)

    async def give_up(self, message_id: UUID) -> None:
        """Hand a message over that could not be handled, so that it is not lost."""
        async with self.database.transaction() as tx:
            turn = await tx.get_one(Turn, message_id)
            conversation = await repository.lock(tx, turn.conversation_id)
            turn = await tx.get_one(Turn, message_id, populate_existing=True)
            if turn.state == "done":
                return
            await begin_again(tx, conversation)
            place = await handoffs.request(
                tx, turn.conversation_id, cause=f"turn:{message_id}", reason="failed"
            )
            kept = {State.ACTIVE: "delivered", State.QUEUED: "queued"}
            finish_turn(
                tx, turn, "handoff" if place.created else kept.get(State(place.state), "handoff")
            )

    async def _keep(
        self,
        tx: Transaction,
        conversation: Conversation,
        turn: Turn,
        decision: Keep,
        text: str,
    ) -> None:
        """A person has it or will; who waits may ask again, leave word instead, or wait no more."""
        waits = decision.outcome == "queued"
        chosen = await choose(tx, self.settings, conversation, text) if waits else None
        if waits and chosen is None and asks_for_person(text):
            await handoffs.tell_place(tx, conversation, reply_to=turn.message_id)
        finish_turn(tx, turn, chosen or decision.outcome)

    async def _ask_bot(
        self,
        conversation_id: UUID,
        message_id: UUID,
        text: str,
        channel: str,
        wants_person: float | None,
    ) -> None:
        self._show_typing(conversation_id)
        try:
            recent = await self._when_its_turn_has_come(message_id)
            context = Context(recent, wants_person)
            answer = await self.assistant.ask(conversation_id, message_id, text, channel, context)
        except AssistantUnavailable as error:
            log.warning("turn.bot_unavailable", message_id=str(message_id), error=str(error))
            await self._bot_is_away(conversation_id, message_id)
            return
        async with self.database.transaction() as tx:
            await _store_answer(tx, conversation_id, message_id, answer)

    async def _read(self, conversation_id: UUID, message_id: UUID, text: str) -> None:
        """What the bot makes of a message that a person answers: it is shown to them.

        Nobody waits for it; the wish for a person was heard, what matters is the rest.
        """
        if not tells(text):
            return
        try:
            understood = await self.assistant.read(text, Context(wants_person=0.0))
        except AssistantUnavailable as error:
            log.info("turn.not_read", message_id=str(message_id), error=str(error))
            return
        async with self.database.transaction() as tx:
            conversation = await repository.lock(tx, conversation_id)
            turn = await tx.get_one(Turn, message_id, populate_existing=True)
            turn.nlu = to_jsonable_python(understood)
            await settle(tx, conversation)
            tx.emit(Event("conversation", str(conversation_id)))

    def _show_typing(self, conversation_id: UUID) -> None:
        if self.typing is not None:
            self.typing.soon(conversation_id)

    async def _when_its_turn_has_come(self, message_id: UUID) -> list[str]:
        """The bot hears messages in their order, or a form would take the wrong one for an answer.

        Returns the knowledge entries that the turns before gave or suggested, newest first. Raises
        AssistantUnavailable while an earlier message still waits for the bot.
        """
        async with self.database.transaction() as tx:
            turn = await tx.get_one(Turn, message_id)
            earlier = await repository.told_before(tx, turn)
            if not earlier:
                return await _recent_entries(tx, turn)
        for waiting in earlier:
            await self.run(waiting)
        async with self.database.transaction() as tx:
            if await repository.told_before(tx, turn):
                raise AssistantUnavailable("an earlier message waits")
            return await _recent_entries(tx, turn)

    async def _bot_is_away(self, conversation_id: UUID, message_id: UUID) -> None:
        """Tell the customer; a message that even a healthy bot cannot answer goes to a person."""
        async with self.database.transaction() as tx:
            turn = await tx.get_one(Turn, message_id)
            hopeless = turn.state == "told" and turn.created_at < now() - HOPELESS_AFTER
        if hopeless and await self.assistant.healthy():
            await self.give_up(message_id)
            return
        async with self.database.transaction() as tx:
            await _tell_bot_is_away(tx, conversation_id, message_id)


async def _recent_entries(tx: Transaction, turn: Turn) -> list[str]:
    given = [
        key
        for before in await repository.recent_turns(tx, turn, RECENT_TURNS)
        for key in (*(answer["key"] for answer in before.answers), *before.suggestions)
    ]
    return list(dict.fromkeys(given))[:RECENT_ENTRIES]


def _signals(labels: Labels | None) -> Signals | None:
    if labels is None:
        return None
    seen = labels.labels
    return Signals(
        priority=seen.priority.key,
        priority_confidence=seen.priority.confidence,
        anger=seen.anger.flag,
        anger_confidence=seen.anger.confidence,
        wants_person=labels.wants_person,
    )


async def _tell_bot_is_away(tx: Transaction, conversation_id: UUID, message_id: UUID) -> None:
    """Once per message and once per outage; the sweep asks the bot again when it is back."""
    conversation = await repository.lock(tx, conversation_id)
    turn = await tx.get_one(Turn, message_id, populate_existing=True)
    if turn.state != "pending":
        return
    already_told = await repository.told_since(tx, conversation_id, now() - HOPELESS_AFTER)
    if not already_told and State(conversation.state) is State.BOT:
        human = say("button.human")
        append(
            tx,
            conversation,
            author="system",
            kind="notice",
            text=say("notice.bot_away"),
            buttons=[Button(title=human, text=human)],
            reply_to=message_id,
        )
    finish_turn(tx, turn, "bot_unavailable", state="told")


async def _store_answer(
    tx: Transaction,
    conversation_id: UUID,
    message_id: UUID,
    answer: Answer,
) -> None:
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
    turn.release = await releases.number_of(tx, answer.model)
    conversation.slots = _filled(answer.slots)
    await settle(tx, conversation)
    granted = speaks or await hop_exists(tx, conversation_id, f"turn:{message_id}")
    finish_turn(tx, turn, answer.outcome if granted else "suppressed")


def _filled(slots: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in slots.items() if value not in (None, "", [])}
