"""What is known of the messages of one conversation and of what came after them: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from api.assistant import Understanding
from triage.policy.review import ReviewPolicy
from triage.worth import Facts

REJECTING = frozenset({"answer_not_helpful", "none_of_these"})
REACTIONS = REJECTING | {
    "affirm",
    "answer_helpful",
    "deny",
    "goodbye",
    "greet",
    "hold_on",
    "nothing_more",
    "stop",
    "thank",
    "urge_reply",
}
"""Intents that answer what was said before: nothing can be learned from a label of them."""
_TOLD = "inform"
"""An answer to a question of the bot's, such as an address: any words will do."""
_BY_PEOPLE = frozenset({"bot_unavailable", "delivered", "handoff", "queued", "suppressed"})
"""Outcomes without an answer of the bot's; that it may have read the message decides nothing."""
_ASKING = frozenset({"faq", "nlu_fallback"})


@dataclass(frozen=True, slots=True)
class Entry:
    """What is needed of a knowledge entry."""

    question: str
    category: str


@dataclass(frozen=True, slots=True)
class Heard:
    """One message, or several that were understood together, and what became of it."""

    message_id: UUID
    at: datetime
    outcome: str | None
    nlu: Understanding | None = None
    answers: Sequence[tuple[str, float]] = ()
    """Keys of the entries that were given, with their scores."""
    suggestions: Sequence[str] = ()
    category: tuple[str, float] | None = None
    """What the classifier says, and how surely."""

    @property
    def intent(self) -> str | None:
        """What the bot took it for."""
        return self.nlu.intent.name if self.nlu else None

    @property
    def reacts(self) -> bool:
        """Whether it only answers what was said before."""
        return self.intent in REACTIONS

    @property
    def confidence(self) -> float | None:
        """How sure the bot was of what it did, 0–1; None where any words would do."""
        if self.nlu is None or self.reacts or self.intent == _TOLD:
            return None
        if self.answers:
            return self.answers[0][1]
        if self.intent in _ASKING:
            return self.nlu.faq_ranking[0].score if self.nlu.faq_ranking else 0.0
        return self.nlu.intent.confidence


@dataclass(frozen=True, slots=True)
class Around:
    """What else is known: entries by key, messages whose labels a person corrected, and messages
    with which the release on trial would do something else."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    corrected: Collection[UUID] = ()
    differing: Collection[UUID] = ()


@dataclass(frozen=True, slots=True)
class Noticed:
    """The facts of a message; `chosen` is the suggestion that was taken."""

    facts: Facts
    chosen: str | None = None


def notice(heard: Sequence[Heard], around: Around, policy: ReviewPolicy) -> dict[UUID, Noticed]:
    """The facts of the messages of one conversation, which come in their order."""
    handed_off = _handed_off(heard, timedelta(minutes=policy.handoff_minutes))
    preceding: Sequence[Heard | None] = [None, *heard[:-1]]
    following: Sequence[Heard | None] = [*heard[1:], None]
    return {
        one.message_id: _notice(
            one,
            before,
            after,
            around,
            policy,
            handed_off=one.message_id in handed_off,
        )
        for before, one, after in zip(preceding, heard, following, strict=True)
    }


def _notice(
    one: Heard,
    before: Heard | None,
    after: Heard | None,
    around: Around,
    policy: ReviewPolicy,
    *,
    handed_off: bool,
) -> Noticed:
    corrected = one.message_id in around.corrected
    differing = one.message_id in around.differing
    if one.nlu is None or one.reacts or one.outcome in _BY_PEOPLE:
        return Noticed(Facts(corrected=corrected, releases_differ=differing))
    against = after is not None and after.intent in REJECTING
    chosen = _taken(one, after) if after is not None else None
    refused = bool(one.suggestions) and not one.answers and against
    facts = Facts(
        confidence=one.confidence,
        unknown=refused or _not_understood(one),
        taken=chosen is not None,
        refused=refused,
        rejected=bool(one.answers) and against,
        handed_off=handed_off,
        corrected=corrected,
        models_differ=(before is None or _taken(before, one) is None)
        and _differ(one, around.entries, policy.sure),
        releases_differ=differing,
    )
    return Noticed(facts, chosen)


def _taken(one: Heard, after: Heard) -> str | None:
    """The suggestion under `one` that was taken next: the customer says which entry is meant,
    whatever it is about. Another question that the same entry happens to answer is none."""
    return next(
        (key for key, score in after.answers if key in one.suggestions and score == 1), None
    )


def _not_understood(one: Heard) -> bool:
    return one.outcome == "fallback"


def _differ(one: Heard, entries: Mapping[str, Entry], sure: float) -> bool:
    """The bot answers about another subject than the classifier sees, and both are sure."""
    if not one.answers or one.category is None:
        return False
    key, score = one.answers[0]
    category, confidence = one.category
    known = entries.get(key)
    return known is not None and known.category != category and min(score, confidence) >= sure


def _handed_off(heard: Sequence[Heard], within: timedelta) -> set[UUID]:
    """The last message before each hand-off that the bot answered, suggested for, or did not
    understand."""
    found: set[UUID] = set()
    asked_at: datetime | None = None
    for one in reversed(heard):
        if one.outcome == "handoff":
            asked_at = one.at
        elif not one.reacts and (one.answers or one.suggestions or _not_understood(one)):
            if asked_at is not None and asked_at - one.at <= within:
                found.add(one.message_id)
            asked_at = None
    return found
