"""How sure an intent must be before the bot acts on it: from a precision/coverage curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

WANTED = 0.75
"""Share of right ones among the messages that pass. A task started by mistake costs a turn and acts
only after a confirmation; one that is not started costs the customer the whole way. The lines held
out of the training are harder than ordinary messages."""
_STEPS = tuple(step / 100 for step in range(20, 85, 5))
_LEAST_SEEN = 8
"""Fewer held-out messages tell nothing about an intent."""


def thresholds(
    truth: Sequence[str], predicted: Sequence[str], confidence: Sequence[float], default: float
) -> dict[str, float]:
    """The lowest confidence (0.20–0.80) from which each intent is right often enough.

    The three sequences hold one held-out message each. An intent predicted too seldom gets
    `default`, one that is never precise enough the highest step.
    """
    seen: dict[str, list[tuple[float, bool]]] = {}
    for true, said, sure in zip(truth, predicted, confidence, strict=True):
        seen.setdefault(said, []).append((sure, true == said))
    return {
        name: _lowest(cases) if len(cases) >= _LEAST_SEEN else default
        for name, cases in sorted(seen.items())
    }


def _lowest(cases: Sequence[tuple[float, bool]]) -> float:
    for step in _STEPS:
        passed = [right for sure, right in cases if sure >= step]
        if passed and sum(passed) >= WANTED * len(passed):
            return step
    return _STEPS[-1]


def threshold_of(known: Mapping[str, float], intent: str | None, default: float) -> float:
    """The threshold of `intent`, `default` for one that nobody has judged."""
    return known.get(intent or "", default)
