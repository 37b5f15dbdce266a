"""Collects from the database what `triage.packet` makes the handoff packet of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from api.conversations import repository as conversations
from api.conversations import weighing
from api.conversations.weighing import LABELS
from api.db import Transaction
from api.handoffs import background
from api.i18n import say, texts
from api.ids import now
from api.knowledge import repository as knowledge
from api.knowledge.answers import plain_answer
from api.models import Conversation, KnowledgeEntry, Message, TriageResult, Turn
from api.policies.service import policies
from classifier import numbers
from triage import packet
from triage.human_request import asks_for_nothing_else
from triage.matter import PASSING, tells

_SUGGESTED = 3
_NUMBERS = ("order_number", "tracking_number", "phone", "email")
"""What is recognised wherever the customer says it, with or without the bot."""


async def build(tx: Transaction, conversation: Conversation, reason: str) -> packet.HandoffPacket:
    """The packet of `conversation` as it is in this transaction.

    What is said of the matter is said in the present one; the transcript holds earlier ones too.
    """
    messages = await conversations.latest_messages(tx, conversation.id, packet.TRANSCRIPT_LIMIT)
    by_customer = [message for message in messages if message.author == "customer"]
    ids = {message.id for message in by_customer}
    turns = await conversations.turns(tx, ids)
    results = await conversations.triage_results(tx, ids)
    present = [each for each in by_customer if each.seq >= conversation.matter_seq]
    content = [message for message in present if _carries_content(message, turns)]
    entries = await knowledge.by_keys(tx, _named_entries(turns.values()))
    tried = tuple(_tried(messages, turns, entries, conversation.channel))
    labels = await weighing.of_matter(tx, conversation)
    why = packet.Reason(reason, say(f"reason.{reason}"))
    transcript = tuple(
        packet.Line(message.seq, message.author, message.text, message.created_at)
        for message in messages
    )
    slots = tuple(_slots(conversation.slots, present))
    intent = _intent(content, turns, entries)
    known = await background.read(tx, conversation)
    least = (await policies(tx)).handoff.suggested_answer_score
    said = [message.text for message in content]
    asked = known.asked if reason in background.MOVES else reason
    wish = packet.Reason(asked, say(f"reason.{asked}")) if asked else None
    matter = packet.Matter(wish, said, labels, intent, slots, tried, known.hops, known.customer)
    return packet.HandoffPacket(
        version=packet.VERSION,
        reason=why,
        summary=packet.summarise(matter),
        transcript=transcript,
        intent=intent,
        slots=slots,
        tried=tried,
        labels=labels,
        sentiment=packet.sentiment_trend(
            [
                packet.Mood(seq, seen.sentiment.key, seen.anger.flag)
                for seq, seen in _labelled(by_customer, results)
            ]
        ),
        customer=known.customer,
        deadlines=known.deadlines,
        suggested_answers=tuple(_suggested(content, turns, entries, least, conversation.channel)),
        responsible=known.responsible,
        hops=known.hops,
    )


async def as_of_now(
    tx: Transaction, conversation: Conversation, reason: str
) -> packet.HandoffPacket:
    """As `build`, without the transcript: who reads it has the conversation before them."""
    return replace(await build(tx, conversation, reason), transcript=())


def _carries_content(message: Message, turns: Mapping[UUID, Turn]) -> bool:
    """A customer message that says something an agent has to read; numbers are slots."""
    turn = turns.get(message.id)
    if turn is not None and turn.nlu.get("intent", {}).get("name") in PASSING:
        return False
    if numbers.all_of(message.text, _NUMBERS):
        return tells(message.text)
    return not asks_for_nothing_else(message.text)


def _named_entries(turns: Iterable[Turn]) -> set[str]:
    keys: set[str] = set()
    for turn in turns:
        keys.update(answer["key"] for answer in turn.answers)
        keys.update(turn.suggestions)
        keys.update(ranked["key"] for ranked in turn.nlu.get("faq_ranking", []))
    return keys


def _tried(
    messages: Sequence[Message],
    turns: Mapping[UUID, Turn],
    entries: Mapping[str, KnowledgeEntry],
    channel: str,
) -> Iterable[packet.Tried]:
    customer_turns = [
        (message, turns[message.id])
        for message in messages
        if message.id in turns and turns[message.id].outcome != "joined"
    ]
    for position, (message, turn) in enumerate(customer_turns):
        following = customer_turns[position + 1][1] if position + 1 < len(customer_turns) else None
        rejected = following is not None and following.nlu.get("intent", {}).get("name") in (
            "answer_not_helpful",
            "none_of_these",
        )
        shown = [("answer", answer["key"]) for answer in turn.answers]
        shown += [("suggestions", key) for key in turn.suggestions]
        for kind, key in shown:
            entry = entries.get(key)
            if entry is not None:
                answer = plain_answer(entry, channel)
                yield packet.Tried(kind, key, entry.question, answer, message.seq, rejected)


def _labelled(
    messages: Sequence[Message], results: Mapping[UUID, TriageResult]
) -> list[tuple[int, packet.MessageLabels]]:
    return [
        (message.seq, LABELS.validate_python(results[message.id].labels))
        for message in messages
        if message.id in results
    ]


def _intent(
    content: Sequence[Message],
    turns: Mapping[UUID, Turn],
    entries: Mapping[str, KnowledgeEntry],
) -> packet.Intent | None:
    """Of the newest message with content that the bot has read; a FAQ is named by its entry."""
    for message in reversed(content):
        turn = turns.get(message.id)
        if turn is None or not turn.nlu.get("intent"):
            continue
        first, *others = _guesses(turn, entries)
        return packet.Intent(first.name, first.title, first.confidence, tuple(others[:3]))
    return None


def _guesses(turn: Turn, entries: Mapping[str, KnowledgeEntry]) -> list[packet.IntentGuess]:
    intents = [turn.nlu["intent"], *turn.nlu.get("intent_ranking", [])]
    named = {guess["name"]: guess["confidence"] for guess in reversed(intents)}
    ranked = sorted(named.items(), key=lambda pair: pair[0] != turn.nlu["intent"]["name"])
    guesses: list[packet.IntentGuess] = []
    for name, confidence in ranked:
        if name == "faq":
            guesses += [
                packet.IntentGuess(
                    f"faq/{item['key']}", entries[item["key"]].question, item["score"]
                )
                for item in turn.nlu.get("faq_ranking", [])
                if item["key"] in entries
            ]
        else:
            guesses.append(
                packet.IntentGuess(name, texts("zh").get(f"intent.{name}", name), confidence)
            )
    title = texts("zh")["intent.faq"]
    return guesses or [packet.IntentGuess("faq", title, turn.nlu["intent"]["confidence"])]


def _slots(slots: Mapping[str, object], said: Sequence[Message]) -> Iterable[packet.Slot]:
    """What the bot has collected, then the numbers of other messages, each once."""
    for name, value in slots.items():
        title = texts("zh").get(f"slot.{name}")
        if title is not None and value not in (None, ""):
            told = str(value)
            shown = texts("zh").get(f"choice.{name}.{told}", told)
            yield packet.Slot(name, title, shown)
    known = {str(value) for value in slots.values()}
    for message in said:
        for name, number in numbers.all_of(message.text, _NUMBERS):
            if number not in known:
                known.add(number)
                yield packet.Slot(name, say(f"slot.{name}"), number)


def _suggested(
    content: Sequence[Message],
    turns: Mapping[UUID, Turn],
    entries: Mapping[str, KnowledgeEntry],
    least: float,
    channel: str,
) -> Iterable[packet.SuggestedAnswer]:
    """The best entries, from the score `least` on, for the newest message with content that the
    bot has ranked."""
    for message in reversed(content):
        turn = turns.get(message.id)
        ranking = [
            ranked
            for ranked in (turn.nlu.get("faq_ranking", []) if turn is not None else [])
            if ranked["score"] >= least
        ]
        if not ranking:
            continue
        for ranked in ranking[:_SUGGESTED]:
            entry = entries.get(ranked["key"])
            if entry is not None and knowledge.is_live(entry, now()):
                answer = plain_answer(entry, channel)
                yield packet.SuggestedAnswer(entry.key, entry.question, answer, ranked["score"])
        return
