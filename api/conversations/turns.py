"""The `turn` job: what happens to one customer message after it was accepted.

It may run again after a crash at any point: the labels are stored once, the bot answers the
same message id with the same answer, hand-offs are keyed by their cause, and the replies are
stored in the transaction that ends the turn. Where messages come in pieces, what a turn answers
is fixed before anything else happens (api.conversations.gathering).

A turn is handled by ONE release: the bot is asked for the model of the release that gave the
labels, and when another one answers, the turn begins again with that one's labels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from pydantic_core import to_jsonable_python

from api.assistant import (
    Assistant,
    AssistantUnavailable,
    Button,
    Context,
    OtherModel,
)
from api.channels.typing import Typing
from api.conversations import repository
from api.conversations.accepting import begin_again
from api.conversations.answering import Question, store_answer
from api.conversations.gathering import Gathered, gather
from api.conversations.judging import judge, settle
from api.conversations.service import append, finish_turn
from api.customers import repository as customers
from api.db import Database, Transaction
from api.events import Event
from api.handoffs import service as handoffs
from api.handoffs.choices import choose
from api.i18n import say
from api.ids import now
from api.learning.labelling import Labeller, Labels
from api.models import Conversation, Turn
from api.policies.service import policies
from api.settings import Settings
from triage.decision import AskBot, HandOff, Keep, Signals, decide
from triage.human_request import asks_for_person
from triage.matter import tells
from triage.ownership import State
from triage.pieces import TakenAlong, Wait

log = structlog.get_logger(__name__)

HOPELESS_AFTER = timedelta(minutes=2)
"""Older than this, a message that a healthy bot fails on is handed to a person."""

MOST_RELEASES = 4
"""So often a turn goes on to the release that the bot names; after that it is tried again later."""
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
            conversation = await repository.get(tx, turn.conversation_id)
        await self._handle(conversation, message_id, gathered)
        return None

    async def _handle(
        self, conversation: Conversation, message_id: UUID, gathered: Gathered
    ) -> None:
        """Label, decide and ask, all with one release."""
        conversation_id, track = conversation.id, conversation.track
        model: str | None = None
        for _ in range(MOST_RELEASES):
            labels = await self.labeller.label(gathered.text, track, model)
            if model is None and labels is not None:
                model = labels.model
            question = await self._decide(conversation_id, message_id, gathered, labels)
            if question is None:
                return
            context = Context((), question.wish, track, model)
            if question.only_read:
                await self._read(question, context)
                return
            try:
                other = await self._ask_bot(question, context)
            except AssistantUnavailable as error:
                log.warning("turn.bot_unavailable", message_id=str(message_id), error=str(error))
                break
            if other is None:
                return
            log.info("turn.other_release", message_id=str(message_id), model=other)
            model = other
        await self._bot_is_away(conversation_id, message_id)

    async def _decide(
        self, conversation_id: UUID, message_id: UUID, gathered: Gathered, labels: Labels | None
    ) -> Question | None:
        """Store the labels and do what follows from them; what is left to ask the bot, if it is."""
        async with self.database.transaction() as tx:
            conversation = await repository.lock(tx, conversation_id)
            turn = await tx.get_one(Turn, message_id, populate_existing=True)
            if turn.state == "done":
                return None
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
                turn.release = labels.release if labels is not None else None
                finish_turn(tx, turn, "handoff")
            channel, outcome = conversation.channel, turn.outcome
        asked = isinstance(decision, AskBot)
        if not asked and outcome not in _TO_PEOPLE:
            return None
        judged = labels is not None and labels.wants_person is not None
        wish = 0.0 if judged or not asked else None  # or it would have been granted just now
        return Question(
            conversation_id, message_id, gathered.text, channel, wish, labels, only_read=not asked
        )

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

    async def _ask_bot(self, question: Question, context: Context) -> str | None:
        """Ask and store the answer; the model that answers in the place of the one asked for, if
        another one does. Raises AssistantUnavailable.
        """
        self._show_typing(question.conversation_id)
        recent = await self._when_its_turn_has_come(question.message_id)
        try:
            answer = await self.assistant.ask(
                question.conversation_id,
                question.message_id,
                question.text,
                question.channel,
                replace(context, recent=recent),
            )
        except OtherModel as other:
            return other.model
        if context.model is not None and answer.model not in (None, context.model):
            return answer.model
        async with self.database.transaction() as tx:
            await store_answer(tx, question, answer)
        return None

    async def _read(self, question: Question, context: Context) -> None:
        """What the bot makes of a message that a person answers: it is shown to them.

        Nobody waits for it; the wish for a person was heard, what matters is the rest.
        """
        if not tells(question.text):
            return
        try:
            understood = await self.assistant.read(question.text, context)
        except (AssistantUnavailable, OtherModel) as error:
            log.info("turn.not_read", message_id=str(question.message_id), error=str(error))
            return
        async with self.database.transaction() as tx:
            conversation = await repository.lock(tx, question.conversation_id)
            if await customers.is_erased(tx, conversation.customer_id):
                return
            turn = await tx.get_one(Turn, question.message_id, populate_existing=True)
            turn.nlu = to_jsonable_python(understood)
            await settle(tx, conversation)
            tx.emit(Event("conversation", str(question.conversation_id)))

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
