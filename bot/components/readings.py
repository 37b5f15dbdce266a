"""What a text and its parts mean, as ranked labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nlp.clauses import Clause

Ranked = list[tuple[str, float]]
"""`(label, probability)`, the most probable first."""


class Reading(NamedTuple):
    """What a text means."""

    ranked: Ranked
    """Of a task and the entries that explain it only the one or the others are probable."""
    asked: Ranked
    """The same if the text were a question, whatever it looks like."""

    @property
    def best(self) -> tuple[str, float]:
        """The most probable label."""
        return self.ranked[0]


def without(ranked: Ranked, intent: str) -> Ranked:
    """`ranked` as if `intent` did not exist; an exact match of it stays."""
    if ranked and ranked[0][1] >= 1.0:
        return ranked
    left = [(label, chance) for label, chance in ranked if label != intent]
    total = sum(chance for _, chance in left)
    return [(label, chance / total) for label, chance in left] if total > 0 else []


def intents(ranked: Ranked) -> Ranked:
    """The intents of labels, each with the sum of its labels and in the order of its best one.

    A hundred entries that are a little probable each are no reason to take a message for a
    question.
    """
    total: dict[str, float] = {}
    for label, chance in ranked:
        name = intent_of(label)
        total[name] = total.get(name, 0.0) + chance
    return list(total.items())


def intent_of(label: str) -> str:
    """The intent of a label: `faq` of `faq/order_cancel`."""
    return label.partition("/")[0]


def second(first: str, sure: Sequence[tuple[Clause, Reading]]) -> tuple[str, float] | None:
    """The other thing a message wants: two questions, or something said to come on top."""
    mine = [part for part, reading in sure if reading.best[0] == first]
    for part, reading in sure:
        label, chance = reading.best
        if label == first or not mine:
            continue
        if part.adds or any(other.adds for other in mine):
            return label, chance
        if part.asks and any(other.asks for other in mine):
            return label, chance
    return None
