"""The handoff packet (norms §3): everything an agent needs, so that nobody repeats a word.

The schema is versioned; a stored packet is never changed, so a reader must know old versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

VERSION = 1
TRANSCRIPT_LIMIT = 200
"""Messages kept in a packet; the conversation itself keeps all."""


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
    """A ticket of this customer that is not closed."""

    number: str
    category: str
    state: str


@dataclass(frozen=True, slots=True)
class Customer:
    """Who the customer is."""

    id: str
    display_name: str
    tier: str
    channel: str
    conversations: int
    open_tickets: tuple[OpenTicket, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A running deadline."""

    kind: str
    title: str
    due_at: datetime


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


def summarise(
    reason: Reason,
    transcript: Sequence[Line],
    labels: MessageLabels | None,
    slots: Sequence[Slot],
    tried: Sequence[Tried],
    said: Sequence[int],
) -> str:
    """Chinese summary in at most four sentences: what is wrong, known, tried, wanted.

    `said` holds the `seq` of the customer messages that carry content (not greetings or the
    bare wish for a person).
    """
    content = [line.text for line in transcript if line.author == "customer" and line.seq in said]
    parts = []
    if labels is not None and content:
        parts.append(f"{labels.category.name}·{labels.nature.name}（{labels.priority.key}）")
    if content:
        parts.append("客户说：" + "；".join(f"“{_shorten(text)}”" for text in content[-3:]))
    else:
        parts.append("客户还没有说明问题")
    if slots:
        parts.append("已知：" + "，".join(f"{slot.title} {_shorten(slot.value)}" for slot in slots))
    answers = [item for item in tried if item.kind == "answer"]
    if answers:
        shown = "、".join(
            f"《{item.question}》{'（客户表示没用）' if item.rejected else ''}"
            for item in answers[-3:]
        )
        parts.append(f"机器人已回答{shown}")
    parts.append(f"转接原因：{reason.text}")
    return "。".join(parts) + "。"


def sentiment_trend(moods: Sequence[Mood]) -> SentimentTrend:
    """Trend over `moods` (oldest first); neutral when nothing was said."""
    last = moods[-1] if moods else Mood(0, "neutral", False)
    return SentimentTrend(last.sentiment, any(mood.anger for mood in moods), tuple(moods))


def weightiest(labelled: Sequence[tuple[int, MessageLabels]]) -> MessageLabels | None:
    """The labels that stand for the conversation: the highest priority, the newest among equals.

    Norms §1: with two topics the one that costs the customer most counts.
    """
    if not labelled:
        return None
    return min(labelled, key=lambda pair: (pair[1].priority.key, -pair[0]))[1]


def outweighs(labels: MessageLabels, priority: str | None, category: str | None) -> bool:
    """Do `labels` stand for the conversation from now on?

    The higher priority does, and among equals the newer one, unless it is about nothing (「好的」,
    「转人工」).
    """
    if priority is None or category is None or labels.priority.key < priority:
        return True
    return labels.priority.key == priority and labels.category.key != "other"


def _shorten(text: str, limit: int = 60) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= limit else folded[: limit - 1] + "…"
