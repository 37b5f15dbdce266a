"""Answers, suggestions, and what to say when neither is there."""

from __future__ import annotations

from collections.abc import Sequence

from actions.conversation import Conversation
from actions.desk_action import DeskAction, Dispatcher, Events, say_suggestions, slot
from actions.gateway import KnowledgeEntry
from actions.handoff import hand_off


class Understanding(DeskAction):
    """An action that may have to say that it did not understand."""

    def not_understood(
        self, conversation: Conversation, say: Dispatcher, response: str = "utter_say_otherwise"
    ) -> Events:
        """Ask to say it otherwise, or offer a person when that was asked before."""
        unclear = conversation.unclear_turns + 1
        if unclear >= self.policy.unclear_turns:
            offer_person(say, "utter_offer_person", "bot_failed")
        else:
            say.utter_message(response=response, json_message={"outcome": "fallback"})
        return [slot("unclear_turns", unclear)]


class ActionAnswerFaq(Understanding):
    """Answer a question, or suggest what it may have meant."""

    action_name = "action_answer_faq"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """A sure and active entry is answered; less sure ones are suggested."""
        turn = conversation.turn
        entries = await self.gateway.lookup(_unique([*turn.offered_keys, *conversation.suggested]))
        if (tapped := _tapped(conversation, entries)) is not None:
            return give_answer(say, conversation, tapped, 1.0)
        best = turn.ranking[0] if turn.ranking else None
        active = [entry for entry in entries if entry.key in turn.offered_keys]
        if best and turn.verdict == "answer" and active and active[0].key == best.key:
            return give_answer(say, conversation, active[0], best.score)
        if active:
            say_suggestions(say, "utter_suggest", active)
            return []
        return self.not_understood(conversation, say)


class ActionUnclear(Understanding):
    """The message was not understood, or none of the suggestions was right."""

    action_name = "action_unclear"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """Suggest what is plausible, else ask; the second time in a row offer a person."""
        turn = conversation.turn
        if turn.intent == "none_of_these":
            return self.not_understood(conversation, say, "utter_none_of_these")
        entries = await self.gateway.lookup(_unique([*turn.offered_keys, *conversation.suggested]))
        if (tapped := _tapped(conversation, entries)) is not None:
            return give_answer(say, conversation, tapped, 1.0)
        active = [entry for entry in entries if entry.key in turn.offered_keys]
        unclear = conversation.unclear_turns + 1
        if active and unclear < self.policy.unclear_turns:
            say_suggestions(say, "utter_suggest", active)
            return [slot("unclear_turns", unclear)]
        return self.not_understood(conversation, say)


class ActionAnswerRejected(Understanding):
    """The customer says the answer did not help."""

    action_name = "action_answer_rejected"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """Other entries, else the offer of a person; the second time a person comes at once."""
        key = conversation.text_slot("last_answer")
        if key is None:
            return self.not_understood(conversation, say, "utter_say_what_failed")
        if key in conversation.rejected:
            return await hand_off(self.gateway, conversation, say, "answer_rejected")
        rejected = [*conversation.rejected, key]
        events = [slot("rejected_answers", rejected)]
        answered = conversation.turn_answered_with(key)
        known = answered.offered_keys if answered else ()
        others = [other for other in known if other not in rejected]
        if entries := await self.gateway.lookup(others):
            say_suggestions(say, "utter_suggest_others", entries)
        else:
            offer_person(say, "utter_offer_person_after_answer", "answer_rejected")
        return events


class ActionAffirm(DeskAction):
    """「好的」: to an offer of a person, to a single suggestion, or to nothing in particular."""

    action_name = "action_affirm"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """Do what was offered in the turn before."""
        if conversation.offer is not None:
            return await hand_off(self.gateway, conversation, say, conversation.offer)
        if len(conversation.suggested) == 1:
            entries = await self.gateway.lookup(conversation.suggested)
            if entries:
                return give_answer(say, conversation, entries[0], 1.0)
        say.utter_message(response="utter_affirm")
        return []


def give_answer(
    say: Dispatcher, conversation: Conversation, entry: KnowledgeEntry, score: float
) -> Events:
    """Say the answer as it stands in the knowledge base."""
    say.utter_message(
        text=entry.answer,
        json_message={"outcome": "faq", "answers": [{"key": entry.key, "score": score}]},
    )
    return [
        slot("last_answer", entry.key),
        slot("last_question", conversation.turn.text),
        slot("unclear_turns", 0),
    ]


def offer_person(say: Dispatcher, response: str, reason: str) -> None:
    """Offer a person; the mark lets the next turn know why."""
    say.utter_message(response=response, json_message={"outcome": "fallback", "offer": reason})


def _tapped(conversation: Conversation, entries: Sequence[KnowledgeEntry]) -> KnowledgeEntry | None:
    """The suggestion whose button was tapped: its question may be newer than the model."""
    text = conversation.turn.text.strip()
    return next(
        (
            entry
            for entry in entries
            if entry.key in conversation.suggested and entry.question.strip() == text
        ),
        None,
    )


def _unique(keys: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(keys))
