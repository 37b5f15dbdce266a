"""Items as those see them who decide on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from api.conversations import repository as conversations
from api.conversations.masking import hidden
from api.conversations.schemas import PersonRef
from api.conversations.views import labelled
from api.conversations.weighing import LABELS
from api.db import Transaction
from api.i18n import say
from api.knowledge import repository as knowledge
from api.learning.masking import learnable
from api.learning.review import reading
from api.learning.review.choices import FAQ, FOREIGN, HUMAN, Choice, Label, Names, choices_of
from api.learning.review.clusters import Shown
from api.learning.review.items import chosen_of, facts_of
from api.learning.review.reading import Said, understanding_of
from api.learning.review.schemas import (
    ChoiceOut,
    ClusterMessage,
    ClusterOut,
    CorrectedOut,
    DecidedOut,
    ItemOut,
    LineSaid,
    ReasonOut,
)
from api.models import Handoff, Intent, LabelCorrection, Message, ReviewItem
from classifier.labels import TARGETS

_NEAR = 6
"""So many messages before and behind it are looked at …"""
_SHOWN = 2
"""… for what was said last before it, and next after it."""
_SHOWN_OF_CLUSTER = 20
ASKED = "customer_asked"
"""Reason of a hand-off for the wish in a message."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What is shown with items, by message."""

    said: Mapping[UUID, Said]
    choices: Mapping[UUID, Sequence[Choice]]
    names: Names
    near: Mapping[UUID, Sequence[Message]]
    corrected: Mapping[UUID, Mapping[str, tuple[str | None, str]]]
    people: Mapping[UUID, str]


async def shown(tx: Transaction, rows: Sequence[ReviewItem], language: str) -> list[ItemOut]:
    """Items with everything around them; those whose words are gone by now are left out."""
    ids = [item.message_id for item in rows]
    said = await reading.said(tx, ids)
    names, choices = await _choices(tx, rows, said)
    around = _Around(
        said,
        choices,
        names,
        await _near(tx, ids),
        await _corrected(tx, ids),
        await conversations.staff_names(tx, [item.staff_id for item in rows]),
    )
    return [_item(item, around, language) for item in rows if item.message_id in said]


async def guesses(
    tx: Transaction, rows: Sequence[ReviewItem], said: Mapping[UUID, Said]
) -> dict[UUID, Label]:
    """What the desk went by in each message, as far as it went by anything."""
    _, choices = await _choices(tx, rows, said)
    return {key: every[0].label for key, every in choices.items() if every}


async def names_of(tx: Transaction, keys: Iterable[str]) -> Names:
    """What entries, intents and the other labels are called."""
    entries = await knowledge.by_keys(tx, set(keys))
    intents = await tx.execute(select(Intent.name, Intent.title))
    return Names(
        {key: entry.question for key, entry in entries.items()},
        {row.name: row.title for row in intents},
        {kind: say(f"review.{kind}") for kind in (FOREIGN, HUMAN)},
    )


def cluster_out(found: Shown) -> ClusterOut:
    """A cluster with the newest of its messages."""
    cluster = found.cluster
    return ClusterOut.model_validate(
        {
            "id": cluster.id,
            "title": cluster.title,
            "terms": cluster.terms,
            "size": max(cluster.size, len(found.messages)),
            "state": cluster.state,
            "category": labelled("category", found.category),
            "messages": [
                ClusterMessage(message_id=message_id, text=text)
                for message_id, text in found.messages[:_SHOWN_OF_CLUSTER]
            ],
            "draft_key": cluster.draft_key,
            "updated_at": cluster.updated_at,
        }
    )


def choice_out(choice: Choice) -> ChoiceOut:
    """One choice as it goes out."""
    label = choice.label
    return ChoiceOut(
        kind=label.kind, key=label.key, title=choice.title, confidence=choice.confidence
    )


def _item(item: ReviewItem, around: _Around, language: str) -> ItemOut:
    said = around.said[item.message_id]
    choices = [choice_out(each) for each in around.choices[item.message_id]]
    near = around.near.get(item.message_id, ())
    own = [each for each in near if each.reply_to == item.message_id and each.author == "bot"]
    before = [each for each in near if each.seq < said.seq][-_SHOWN:]
    after = [each for each in near if each.seq > said.seq and each not in own][:_SHOWN]
    corrected = around.corrected.get(item.message_id, {})
    return ItemOut.model_validate(
        {
            "message_id": item.message_id,
            "conversation_id": item.conversation_id,
            "seq": said.seq,
            "text": learnable(said.text),
            "at": said.at,
            "value": round(item.value, 4),
            "reasons": [
                ReasonOut.model_validate(
                    {"code": code, "text": say(f"review_reason.{code}", language)}
                )
                for code in item.reasons
            ],
            "state": item.state,
            "outcome": said.turn.outcome,
            "release": said.turn.release,
            "guess": choices[0] if choices else None,
            "choices": choices[1:],
            "answers": [hidden("bot", each.text) for each in own],
            "suggestions": [around.names.questions.get(key, key) for key in said.turn.suggestions],
            "before": [_line(each) for each in before],
            "after": [_line(each) for each in after],
            "labels": LABELS.validate_python(said.labels) if said.labels else None,
            "corrected": [
                CorrectedOut(
                    target=target,
                    said=labelled(target, before) if before else None,
                    corrected=labelled(target, now),
                )
                for target, (before, now) in corrected.items()
            ],
            "cluster_id": item.cluster_id,
            "alike": facts_of(item).alike,
            "decided": _decided(item, around),
        }
    )


def _decided(item: ReviewItem, around: _Around) -> DecidedOut | None:
    if not item.decided:
        return None
    raw = item.decided.get("label")
    label = Label(raw["kind"], raw["key"]) if raw else None
    title = around.names.title(label) if label else None
    undo = item.decided.get("undo", {})
    return DecidedOut(
        decision=item.decided["decision"],
        label=choice_out(Choice(label, title or label.key, None)) if label else None,
        known=label is not None and label.kind == FAQ and not undo.get("questions"),
        triage=item.decided.get("triage", {}),
        by=PersonRef.of(item.staff_id, around.people),
        at=item.decided_at,
    )


async def _choices(
    tx: Transaction, rows: Sequence[ReviewItem], said: Mapping[UUID, Said]
) -> tuple[Names, dict[UUID, list[Choice]]]:
    read = {key: understanding_of(each.turn) for key, each in said.items()}
    keys = {answer["key"] for each in said.values() for answer in each.turn.answers}
    keys |= {key for each in said.values() for key in each.turn.suggestions}
    keys |= {each.key for nlu in read.values() if nlu for each in nlu.faq_ranking}
    keys |= {chosen for item in rows if (chosen := chosen_of(item))}
    keys |= {
        label["key"]
        for item in rows
        if (label := item.decided.get("label")) and label["kind"] == FAQ
    }
    names = await names_of(tx, keys)
    asked = await _asked_for_person(tx, list(said))
    return names, {
        item.message_id: choices_of(
            read[item.message_id],
            [(each["key"], each["score"]) for each in said[item.message_id].turn.answers],
            chosen_of(item),
            names,
            person_wanted=item.message_id in asked,
        )
        for item in rows
        if item.message_id in said
    }


async def _asked_for_person(tx: Transaction, ids: Sequence[UUID]) -> set[UUID]:
    """Messages that were handed to a person for the wish in them."""
    causes = {f"turn:{message_id}": message_id for message_id in ids}
    conversation_ids = select(Message.conversation_id).where(Message.id.in_(ids))
    query = select(Handoff.cause).where(
        Handoff.conversation_id.in_(conversation_ids),
        Handoff.cause.in_(causes),
        Handoff.reason == ASKED,
    )
    return {causes[cause] for cause in await tx.scalars(query)}


def _line(message: Message) -> LineSaid:
    text = hidden(message.author, message.text)
    return LineSaid(seq=message.seq, author=message.author, text=text)


async def _near(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, list[Message]]:
    """The messages around each one, without notes and what was never sent or taken back."""
    own = aliased(Message)
    query = (
        select(own.id, Message)
        .join(
            Message,
            (Message.conversation_id == own.conversation_id)
            & Message.seq.between(own.seq - _NEAR, own.seq + _NEAR)
            & (Message.id != own.id),
        )
        .where(own.id.in_(ids), conversations.shown_to_customer(), Message.recalled_at.is_(None))
        .order_by(own.id, Message.seq)
    )
    found: dict[UUID, list[Message]] = {}
    for row in await tx.execute(query):
        found.setdefault(row[0], []).append(row[1])
    return found


async def _corrected(
    tx: Transaction, ids: Sequence[UUID]
) -> dict[UUID, dict[str, tuple[str | None, str]]]:
    """What was said first and what people say now, by message and target."""
    query = (
        select(LabelCorrection)
        .where(LabelCorrection.message_id.in_(ids), LabelCorrection.target.in_(TARGETS))
        .order_by(LabelCorrection.id)
    )
    found: dict[UUID, dict[str, tuple[str | None, str]]] = {}
    for each in await tx.scalars(query):
        if each.message_id is not None:
            of_message = found.setdefault(each.message_id, {})
            first = of_message.get(each.target, (each.said, ""))[0]
            of_message[each.target] = (first, each.corrected)
    return found
