"""What happens with a customer message: ask the bot, hand off, or pass it to the person."""

from __future__ import annotations

from dataclasses import dataclass

from triage.human_request import asks_for_person, declines_person
from triage.ownership import State
from triage.policy import HandoffPolicy


@dataclass(frozen=True, slots=True)
class Signals:
    """What the classifier saw in one message; confidences are 0–1."""

    priority: str
    priority_confidence: float
    anger: bool
    anger_confidence: float
    wants_person: float | None = None
    """None when the classifier has learned nothing about it."""


@dataclass(frozen=True, slots=True)
class AskBot:
    """The bot answers."""


@dataclass(frozen=True, slots=True)
class HandOff:
    """The conversation goes to the queue; `reason` is a key of norms §3."""

    reason: str


@dataclass(frozen=True, slots=True)
class Keep:
    """A person owns it or will: the message is `delivered` or `queued`, the bot stays silent."""

    outcome: str


Decision = AskBot | HandOff | Keep


def decide(state: State, text: str, signals: Signals | None, policy: HandoffPolicy) -> Decision:
    """Decide on one message of a conversation in `state`.

    `signals` is None while no classifier is available. A request for a person is granted
    first, whatever else the message says (norms §3).
    """
    if state is State.ACTIVE:
        return Keep("delivered")
    if state is State.QUEUED:
        return Keep("queued")
    if wants_person(text, signals.wants_person if signals else None, policy):
        return HandOff("customer_asked")
    if signals is not None:
        if signals.priority == "P1" and signals.priority_confidence >= policy.p1_confidence:
            return HandOff("p1")
        if signals.anger and signals.anger_confidence >= policy.anger_confidence:
            return HandOff("anger")
    return AskBot()


def wants_person(text: str, chance: float | None, policy: HandoffPolicy) -> bool:
    """Does the customer ask for a person? `chance` is what the classifier says, if it can.

    The rule hears plain wishes without any model; a model that is sure of the contrary
    (「刚才已经跟人工聊过了」) overrules it.
    """
    if declines_person(text):
        return False
    if chance is None:
        return asks_for_person(text)
    return chance >= policy.person_from or (chance >= policy.person_doubt and asks_for_person(text))


def may_speak(state: State, handed_off_by_this_turn: bool) -> bool:
    """May a bot reply still be sent now, or did somebody take over while it was made?"""
    return state is State.BOT or (state is State.QUEUED and handed_off_by_this_turn)
