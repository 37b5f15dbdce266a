"""What a replay measured: errors and times."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from cli.replay.visitor import Turn

NOT_FOR_THE_BOT = frozenset({"queued", "delivered", "joined"})
"""Outcomes of messages that a person or a later message has: nobody answers them at once."""


@dataclass(frozen=True)
class Times:
    """Percentiles of some durations, in seconds; None when nothing was measured."""

    p50: float | None
    p95: float | None
    p99: float | None
    longest: float | None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile: the smallest value that `percent` % do not exceed."""
    if not values:
        return None
    rank = max(1, math.ceil(len(values) * percent / 100))
    return sorted(values)[rank - 1]


def times_of(values: Iterable[float | None]) -> Times:
    """The percentiles of what was measured."""
    known = [value for value in values if value is not None]
    p50, p95, p99 = (percentile(known, percent) for percent in (50, 95, 99))
    return Times(p50, p95, p99, max(known, default=None))


@dataclass
class Played:
    """What happened while sessions were played."""

    sessions: int = 0
    turns: list[Turn] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    """Turns that failed, by reason."""
    conversation_ids: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def outcomes(self) -> dict[str, int]:
        """The outcomes the customers were told of; some are lost when a connection is cut."""
        return dict(Counter(turn.outcome for turn in self.turns if turn.outcome is not None))

    @property
    def accept(self) -> Times:
        """From sending to acceptance."""
        return times_of(turn.accept_seconds for turn in self.turns)

    @property
    def answer(self) -> Times:
        """From acceptance to the first word of the desk, where it was for the bot to answer."""
        return times_of(
            turn.answer_seconds for turn in self.turns if turn.outcome not in NOT_FOR_THE_BOT
        )


@dataclass(frozen=True)
class Summary:
    """What the desk itself counted (`POST /internal/v1/turns/summary`)."""

    turns: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    priorities: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    answered_twice: int = 0

    def plus(self, other: Summary) -> Summary:
        """Both together."""
        return Summary(
            turns=self.turns + other.turns,
            outcomes=_sum(self.outcomes, other.outcomes),
            categories=_sum(self.categories, other.categories),
            priorities=_sum(self.priorities, other.priorities),
            lost=self.lost + other.lost,
            answered_twice=self.answered_twice + other.answered_twice,
        )


def lost(played: Played, summary: Summary) -> int:
    """Accepted messages whose turn is not over, or of which the desk knows nothing."""
    return summary.lost + max(0, len(played.turns) - summary.turns)


def failed(played: Played, summary: Summary | None) -> bool:
    """Whether something went wrong: a failed turn, a lost message, or a doubled answer."""
    if summary is not None and (lost(played, summary) or summary.answered_twice):
        return True
    return bool(played.errors)


def as_data(played: Played, summary: Summary | None) -> dict[str, object]:
    """Everything as JSON; times in milliseconds."""
    counted = summary or Summary(outcomes=played.outcomes)
    return {
        "sessions": played.sessions,
        "turns": len(played.turns) + played.errors.total(),
        "seconds": round(played.seconds, 3),
        "outcomes": counted.outcomes,
        "categories": counted.categories,
        "priorities": counted.priorities,
        "lost": lost(played, summary) if summary else None,
        "answered_twice": counted.answered_twice if summary else None,
        "accept_ms": _milliseconds(played.accept),
        "answer_ms": _milliseconds(played.answer),
        "errors": played.errors.total(),
        "error_reasons": dict(played.errors),
    }


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return dict(Counter(one) + Counter(other))


def _milliseconds(times: Times) -> dict[str, float | None]:
    return {
        name: None if value is None else round(value * 1000, 1)
        for name, value in asdict(times).items()
    }
