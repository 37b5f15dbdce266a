"""What a message may have meant, the likeliest first: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from api.assistant import Understanding

Kind = Literal["faq", "intent", "out_of_scope", "human"]
Decision = Literal["right", "wrong", "skip"]
FAQ, INTENT, FOREIGN, HUMAN = "faq", "intent", "out_of_scope", "human"
ASK_HUMAN = "ask_human"
FALLBACK = "nlu_fallback"
MOST = 6
LEAST = 0.005
"""What is less probable would be shown with 0 % and is no runner-up."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a message is: a question that the entry `key` answers, the intent `key`, nothing the
    desk is there for, or a wish for a person (`key` is empty for the last two)."""

    kind: Kind
    key: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says of messages. `label` stays None with `right`: each one's guess holds;
    `triage` are labels of the request that are learned besides."""

    decision: Decision
    label: Label | None
    triage: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """A label with its readable title; `confidence` 0–1, None where nothing was reckoned."""

    label: Label
    title: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Names:
    """Questions of entries by key, titles of intents by name, and those of the other kinds."""

    questions: Mapping[str, str]
    intents: Mapping[str, str]
    others: Mapping[str, str]

    def title(self, label: Label) -> str | None:
        """What a label is called; None for an entry or intent that is not there."""
        if label.kind == FAQ:
            return self.questions.get(label.key)
        if label.kind == INTENT:
            return self.intents.get(label.key)
        return self.others[label.kind]


def choices_of(
    nlu: Understanding | None,
    answers: Sequence[tuple[str, float]],
    chosen: str | None,
    names: Names,
    *,
    person_wanted: bool = False,
) -> list[Choice]:
    """The first is the guess: the suggestion that was `chosen`, else what the bot went by.

    `person_wanted`: the desk handed the message over for the wish in it, without the bot.
    """
    found: dict[Label, Choice] = {}
    for label, confidence in _ranked(nlu, answers, chosen, person_wanted=person_wanted):
        title = names.title(label)
        if title is not None and label not in found:
            found[label] = Choice(label, title, confidence)
    return list(found.values())[:MOST]


def of_intent(name: str) -> Label | None:
    """The label that an intent of the bot stands for."""
    if name in (FAQ, FALLBACK):
        return None
    if name == ASK_HUMAN:
        return Label("human")
    return Label("out_of_scope") if name == FOREIGN else Label("intent", name)


def _ranked(
    nlu: Understanding | None,
    answers: Sequence[tuple[str, float]],
    chosen: str | None,
    *,
    person_wanted: bool,
) -> Iterator[tuple[Label, float | None]]:
    if person_wanted:
        yield Label("human"), None
    if chosen is not None:
        yield Label("faq", chosen), None
    for key, score in answers:
        yield Label("faq", key), score
    if nlu is None:
        return
    if first := of_intent(nlu.intent.name):
        yield first, nlu.intent.confidence
    others = [(Label("faq", each.key), each.score) for each in nlu.faq_ranking]
    others += [
        (label, guess.confidence)
        for guess in nlu.intent_ranking
        if (label := of_intent(guess.name)) is not None
    ]
    likely = [pair for pair in others if pair[1] >= LEAST]
    yield from sorted(likely, key=lambda pair: -pair[1])
