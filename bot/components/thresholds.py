"""How sure an intent must be before the bot acts on it: from a precision/coverage curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

WANTED = 0.75
"""Share of right ones among the messages that pass. A task started by mistake costs a turn and acts
only after a confirmation; one that is not started costs the customer the whole way. The lines held
out of the training are harder than ordinary messages."""
OTHERS = 20
"""An intent is judged by its own held-out messages and by so many that are right as often as those
of all intents: a dozen alone say little."""
_STEPS = tuple(step / 100 for step in range(20, 85, 5))


def thresholds(
    said: Sequence[str], right: Sequence[bool], confidence: Sequence[float]
) -> dict[str, float]:
    """The lowest confidence (0.20–0.80) from which each intent is right often enough.

    The three sequences hold one held-out message each. An intent that is never precise enough gets
    the highest step.
    """
    cases = list(zip(said, right, confidence, strict=True))
    found = dict.fromkeys(sorted(set(said)), _STEPS[-1])
    for step in reversed(_STEPS):
        passed = [(name, hit) for name, hit, sure in cases if sure >= step]
        usual = sum(hit for _, hit in passed) / max(len(passed), 1)
        for name in found:
            mine = [hit for other, hit in passed if other == name]
            if sum(mine) + OTHERS * usual >= WANTED * (len(mine) + OTHERS):
                found[name] = step
    return found


def threshold_of(known: Mapping[str, float], intent: str | None, default: float) -> float:
    """The threshold of `intent`, `default` for one that nobody has judged."""
    return known.get(intent or "", default)
