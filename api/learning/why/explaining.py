"""What a release made of a text, put into words."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from api.assistant import Entity, Guess, Understanding
from api.conversations import repository as conversations
from api.conversations.gathering import JOINED
from api.conversations.masking import hidden
from api.conversations.weighing import LABELS
from api.db import Transaction
from api.errors import NotFound
from api.i18n import say, texts
from api.learning import releases
from api.learning.review import reading
from api.learning.review.reading import Said
from api.learning.review.views import names_of
from api.learning.why.schemas import EntityOut, EntryOut, IntentOut, RuleOut, Token, Why
from api.models import Handoff, Message, Turn
from api.settings import Settings
from classifier.words import tokens_of
from triage.packet import MessageLabels

MOST = 5
"""Intents and entries that are shown, the best first."""


@dataclass(frozen=True, slots=True)
class Titles:
    """What intents and entries are called."""

    intents: Mapping[str, str]
    questions: Mapping[str, str]

    def intents_of(self, nlu: Understanding) -> list[IntentOut]:
        """The best intents, beginning with the one that was gone by."""
        others = sorted(nlu.intent_ranking, key=lambda guess: -guess.confidence)
        best: dict[str, Guess] = {}
        for guess in (nlu.intent, *others):
            best.setdefault(guess.name, guess)
        return [
            IntentOut(
                name=guess.name,
                title=self.intents.get(guess.name)
                or texts("zh").get(f"intent.{guess.name}", guess.name),
                confidence=guess.confidence,
            )
            for guess in list(best.values())[:MOST]
        ]

    def entries_of(self, scored: Iterable[tuple[str, float | None]]) -> list[EntryOut]:
        """Entries with their questions; of one that is gone by now its key."""
        return [
            EntryOut(key=key, question=self.questions.get(key, key), score=score)
            for key, score in scored
        ]


async def why(tx: Transaction, settings: Settings, conversation_id: UUID, seq: int) -> Why:
    """Why the desk did what it did with a customer's message, or said what it says in a message of
    its own. Raises NotFound where no turn is behind it, or none that is over.
    """
    said = await _said(tx, await conversations.message(tx, conversation_id, seq))
    turn, nlu = said.turn, reading.understanding_of(said.turn)
    answers = [(answer["key"], answer["score"]) for answer in turn.answers]
    ranking = [(each.key, each.score) for each in nlu.faq_ranking] if nlu else []
    titles = await titles_of(tx, {key for key, _ in [*answers, *ranking]} | {*turn.suggestions})
    labels = LABELS.validate_python(said.labels) if said.labels else None
    text = hidden("customer", said.text)
    pieces = await _pieces(tx, turn)
    return Why(
        message_id=said.message_id,
        seq=said.seq,
        pieces=pieces,
        text=text,
        release=turn.release,
        tokens=await cut(settings, text, turn.release),
        intents=titles.intents_of(nlu) if nlu else [],
        faq=titles.entries_of(ranking[:MOST]),
        entities=entities_of(nlu, said.text) if nlu else [],
        labels=labels,
        answers=titles.entries_of(answers),
        suggestions=titles.entries_of((key, None) for key in turn.suggestions),
        rules=[*await _handoffs(tx, said), *priority_rules(labels), *_turn_rules(turn, pieces)],
        outcome=turn.outcome,
    )


async def titles_of(tx: Transaction, keys: Collection[str]) -> Titles:
    """Titles of all intents and of some entries."""
    names = await names_of(tx, keys)
    return Titles(names.intents, names.questions)


async def cut(settings: Settings, text: str, release: int | None) -> list[Token]:
    """The words of `text`, cut with the lexicon of a release as long as its files are there."""
    folder = releases.folder(settings, release) if release is not None else Path()
    lexicon = folder / "data" / "lexicon"
    pieces = await asyncio.to_thread(tokens_of, text, lexicon)
    return [Token(text=piece, start=start, end=end) for piece, start, end in pieces]


def entities_of(nlu: Understanding, text: str) -> list[EntityOut]:
    """What was named in `text`, masked as the text is."""
    kept = len(hidden("customer", text)) == len(text)  # or the places would be of other words
    return [_entity(entity, kept=kept) for entity in nlu.entities]


def priority_rules(labels: MessageLabels | None) -> list[RuleOut]:
    """What the priority follows from, and what raised it (norms §1)."""
    reasons = labels.priority.reasons if labels else ()
    return [RuleOut(kind="priority", code=None, text=reason) for reason in reasons]


def handoff_rule(reason: str) -> RuleOut:
    """Why a person was called."""
    return RuleOut(kind="handoff", code=reason, text=say(f"reason.{reason}"))


def _entity(entity: Entity, *, kept: bool) -> EntityOut:
    return EntityOut(
        entity=entity.entity,
        title=texts("zh").get(f"slot.{entity.entity}", entity.entity),
        value=hidden("customer", str(entity.value)) if entity.value is not None else "",
        start=entity.start if kept else None,
        end=entity.end if kept else None,
    )


async def _said(tx: Transaction, message: Message) -> Said:
    """What the turn answered that a message began, belongs to or replies to."""
    turn = await tx.get(Turn, message.reply_to or message.id)
    if turn is None:
        raise NotFound
    whole = turn.answered_with if turn.outcome == JOINED else turn.message_id
    found = await reading.said(tx, [whole]) if whole is not None else {}
    if whole is None or whole not in found:
        raise NotFound
    return found[whole]


async def _handoffs(tx: Transaction, said: Said) -> list[RuleOut]:
    query = select(Handoff.reason).where(
        Handoff.conversation_id == said.conversation_id,
        Handoff.cause == f"turn:{said.message_id}",
    )
    return [handoff_rule(reason) for reason in await tx.scalars(query)]


async def _pieces(tx: Transaction, turn: Turn) -> list[int]:
    if turn.answered_with is None:
        return []
    seqs = [message.seq for message in await conversations.gathered_by(tx, turn)]
    return seqs if len(seqs) > 1 else []


def _turn_rules(turn: Turn, pieces: Sequence[int]) -> list[RuleOut]:
    codes = ["pieces"] if pieces else []
    if turn.outcome is not None and f"turn_rule.{turn.outcome}" in texts("zh"):
        codes.append(turn.outcome)
    return [RuleOut(kind="turn", code=code, text=say(f"turn_rule.{code}")) for code in codes]
