"""The handoff packet (norms §3): everything an agent needs, so that nobody repeats a word.

The schema is versioned; a stored packet is never changed, so a reader must know old versions:
what version 2 added (responsible, earlier hops, tickets with titles, whether the customer proved
who they are) has a default here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

VERSION = 2
TRANSCRIPT_LIMIT = 200
"""Messages kept in a packet; the conversation itself keeps all."""
_QUOTED = 3
"""Of each kind of thing a summary names so many, the newest."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the conversation changed hands: `code` is stable, `text` is Chinese for the agent."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the transcript."""

    seq: int
    author: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class IntentGuess:
    """An intent the bot recognised; `title` is readable, `confidence` 0–1."""

    name: str
    title: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Intent:
    """The recognised intent with its runners-up."""

    name: str
    title: str
    confidence: float
    alternatives: tuple[IntentGuess, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """Something the bot has collected, e.g. the order number."""

    name: str
    title: str
    value: str


@dataclass(frozen=True, slots=True)
class Tried:
    """An answer or a suggestion the bot gave; `rejected` when the customer said it did not help."""

    kind: str
    key: str
    question: str
    answer: str
    seq: int
    rejected: bool


@dataclass(frozen=True, slots=True)
class Label:
    """One label with its confidence (0–1) and the words that decided it."""

    key: str
    name: str
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriorityLabel:
    """P1…P4 with readable reasons; `confidence` is that of the weaker of impact and urgency."""

    key: str
    name: str
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anger:
    """The anger flag with its confidence and evidence."""

    flag: bool
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageLabels:
    """All labels of one message (norms §1)."""

    category: Label
    nature: Label
    impact: Label
    urgency: Label
    sentiment: Label
    priority: PriorityLabel
    anger: Anger


@dataclass(frozen=True, slots=True)
class Mood:
    """Sentiment of the message `seq`."""

    seq: int
    sentiment: str
    anger: bool


@dataclass(frozen=True, slots=True)
class SentimentTrend:
    """How the customer's mood went, oldest first."""

    current: str
    anger: bool
    trend: tuple[Mood, ...]


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket of this customer that is still worked on."""

    number: str
    category: str
    state: str
    title: str = ""
    priority: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """Who the customer is; `verified_at` is None until they have proved it."""

    id: str
    display_name: str
    tier: str
    channel: str
    conversations: int
    open_tickets: tuple[OpenTicket, ...]
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A running deadline; `ticket` is the number of the ticket it is about, empty for the chat."""

    kind: str
    title: str
    due_at: datetime
    ticket: str = ""
    breached: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff."""

    id: str
    display_name: str


@dataclass(frozen=True, slots=True)
class EarlierHop:
    """A hop before this one; `source` and `target` name people, not ids."""

    hop: int
    source: str
    target: str
    reason: str
    note: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SuggestedAnswer:
    """A knowledge entry the agent may send; `score` 0–1."""

    key: str
    question: str
    answer: str
    score: float


@dataclass(frozen=True, slots=True)
class HandoffPacket:
    """What an agent gets at a hop."""

    version: int
    reason: Reason
    summary: str
    transcript: tuple[Line, ...]
    intent: Intent | None
    slots: tuple[Slot, ...]
    tried: tuple[Tried, ...]
    labels: MessageLabels | None
    sentiment: SentimentTrend
    customer: Customer
    deadlines: tuple[Deadline, ...]
    suggested_answers: tuple[SuggestedAnswer, ...]
    responsible: Person | None = None
    """Who answers for the outcome (首问负责)."""
    hops: tuple[EarlierHop, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """What a summary is made of.

    `said` holds the texts of the customer's messages that carry content (not greetings, the bare
    wish for a person or a number that is one of `slots`), oldest first. `reason` is why a person
    is needed, None when nobody knows; that the desk has given the conversation to somebody is no
    such reason.
    """

    reason: Reason | None
    said: Sequence[str] = ()
    labels: MessageLabels | None = None
    intent: Intent | None = None
    slots: Sequence[Slot] = ()
    tried: Sequence[Tried] = ()
    hops: Sequence[EarlierHop] = ()
    customer: Customer | None = None


def summarise(matter: Matter) -> str:
    """Chinese summary for a hurried agent in four lines: 问题, 已尝试, 已知, 诉求."""
    return "\n".join(
        f"{title}：{_clause(parts) or nothing}"
        for title, parts, nothing in (
            ("问题", _problem(matter), "客户还没有说明问题"),
            ("已尝试", _tried(matter), "还没有给过答案"),
            ("已知", _facts(matter), "暂无"),
            ("诉求", _wish(matter), "未说明"),
        )
    )


def _problem(matter: Matter) -> list[str]:
    parts = []
    if matter.labels is not None and matter.said:
        labels = matter.labels
        parts.append(f"{labels.category.name}·{labels.nature.name}（{labels.priority.key}）")
    if matter.said:
        parts.append("".join(f"“{_shorten(text)}”" for text in matter.said[-_QUOTED:]))
    return parts


def _tried(matter: Matter) -> list[str]:
    answers = [item for item in matter.tried if item.kind == "answer"]
    return [
        f"《{_shorten(item.question)}》{'（客户表示没用）' if item.rejected else ''}"
        for item in answers[-_QUOTED:]
    ]


def _facts(matter: Matter) -> list[str]:
    parts = [f"{slot.title} {_shorten(slot.value)}" for slot in matter.slots]
    if matter.customer is not None:
        if matter.customer.verified_at is not None:
            parts.append("已验证身份")
        parts += [f"未结工单 {ticket.number}" for ticket in matter.customer.open_tickets[-_QUOTED:]]
    noted = [hop for hop in matter.hops if hop.note]
    return parts + [f"{hop.source}备注：{_shorten(hop.note or '')}" for hop in noted[-_QUOTED:]]


def _wish(matter: Matter) -> list[str]:
    parts = []
    if matter.intent is not None and matter.said:
        parts.append(_shorten(matter.intent.title))
    if matter.reason is not None:
        parts.append(matter.reason.text)
    return parts


def _clause(parts: Sequence[str]) -> str:
    return "；".join(parts)


def sentiment_trend(moods: Sequence[Mood]) -> SentimentTrend:
    """Trend over `moods` (oldest first); neutral when nothing was said."""
    last = moods[-1] if moods else Mood(0, "neutral", False)
    return SentimentTrend(last.sentiment, any(mood.anger for mood in moods), tuple(moods))


def _shorten(text: str, limit: int = 60) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= limit else folded[: limit - 1] + "…"
