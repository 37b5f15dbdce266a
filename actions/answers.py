"""Answers, suggestions, and what to say when neither is there."""

from __future__ import annotations

from collections.abc import Sequence

from actions import reading
from actions.conversation import Conversation
from actions.desk_action import DeskAction, Dispatcher, Events, say_suggestions, slot
from actions.gateway import Gateway, KnowledgeEntry
from actions.handoff import hand_off
from actions.tasks.catalog import TASKS

_UNANSWERED = frozenset({"fallback", "suggestions"})
_WAITING = frozenset({"urge_reply", "hold_on", "greet"})
"""Intents that say nothing new."""


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
        entries = await self.gateway.lookup(
            _unique([*turn.offered_keys, *conversation.suggested]), conversation.id
        )
        if (tapped := _tapped(conversation, entries)) is not None:
            return give_answer(say, conversation, tapped, 1.0)
        best = turn.ranking[0] if turn.ranking else None
        active = [entry for entry in entries if entry.key in turn.offered_keys]
        if best and turn.verdict == "answer" and active and active[0].key == best.key:
            events = give_answer(say, conversation, active[0], best.score)
            return [*events, *await self._second_wish(conversation, say, best.key)]
        if active:
            say_suggestions(say, "utter_suggest", active)
            return []
        return self.not_understood(conversation, say)

    async def _second_wish(self, conversation: Conversation, say: Dispatcher, first: str) -> Events:
        """The rest of a message that asks for two things: another answer, or a task."""
        turn = conversation.turn
        if turn.also_key and turn.also_key != first:
            return await say_answer(self.gateway, conversation, say, turn.also_key)
        if turn.also_task(TASKS) and conversation.active_form is None:
            return [{"event": "followup", "timestamp": None, "name": "task_form"}]
        return []


class ActionUnclear(Understanding):
    """The message was not understood, or none of the suggestions was right."""

    action_name = "action_unclear"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """Suggest what is plausible, else ask; the second time in a row offer a person."""
        turn = conversation.turn
        if turn.intent == "none_of_these":
            return self.not_understood(conversation, say, "utter_none_of_these")
        entries = await self.gateway.lookup(
            _unique([*turn.offered_keys, *conversation.suggested]), conversation.id
        )
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
        if entries := await self.gateway.lookup(others, conversation.id):
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
        if len(conversation.suggested) == 1 and reading.confirms(conversation.turn.text):
            entries = await self.gateway.lookup(conversation.suggested, conversation.id)
            if entries:
                return give_answer(say, conversation, entries[0], 1.0)
        say.utter_message(response="utter_affirm")
        return []


class ActionDeny(Understanding):
    """「不用了」 ends the matter; 「不是」 says that an answer or a suggestion is wrong."""

    action_name = "action_deny"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """Close politely, unless something the bot said is wrong."""
        text = conversation.turn.text
        if conversation.suggested and not reading.declines(text):
            return self.not_understood(conversation, say, "utter_none_of_these")
        answered = any(mark.outcome == "faq" for mark in conversation.earlier)
        if answered and reading.contradicts(text):
            return self.not_understood(conversation, say, "utter_say_what_failed")
        say.utter_message(response="utter_deny")
        return [slot("unclear_turns", 0)]


class ActionUrgeReply(DeskAction):
    """「人呢」「查到了吗」: the customer waits for something."""

    action_name = "action_urge_reply"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """Be there, and own up to a question that got no answer."""
        if _is_unanswered(conversation):
            offer_person(say, "utter_urge_reply_unanswered", "bot_failed")
        elif conversation.slots.get("ticket_filed"):
            say.utter_message(response="utter_urge_reply_ticket")
        else:
            say.utter_message(response="utter_urge_reply")
        return []


def _is_unanswered(conversation: Conversation) -> bool:
    """Did the last question get suggestions or nothing?"""
    before = [turn for turn in conversation.turns[:-1] if turn.intent not in _WAITING]
    return bool(before) and any(mark.outcome in _UNANSWERED for mark in before[-1].marks)


def give_answer(
    say: Dispatcher, conversation: Conversation, entry: KnowledgeEntry, score: float
) -> Events:
    """Say the answer as it stands in the knowledge base, with its buttons and one for its task."""
    task = TASKS.get(entry.task or "")
    offered = conversation.active_form is None and task is not None
    buttons = [{"title": each.title, "payload": each.text} for each in entry.buttons]
    buttons += [{"title": task.start, "payload": task.start}] if offered and task else []
    say.utter_message(
        text=entry.answer,
        json_message={"outcome": "faq", "answers": [{"key": entry.key, "score": score}]},
        **({"buttons": buttons} if buttons else {}),
    )
    return [
        slot("last_answer", entry.key),
        slot("last_question", conversation.turn.text),
        slot("unclear_turns", 0),
    ]


async def say_answer(
    gateway: Gateway, conversation: Conversation, say: Dispatcher, key: str
) -> Events:
    """Answer what a message asks for besides; nothing when the entry is switched off."""
    entries = await gateway.lookup([key], conversation.id)
    return give_answer(say, conversation, entries[0], 1.0) if entries else []


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
