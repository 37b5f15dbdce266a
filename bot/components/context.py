"""Reading a question in the light of what the conversation was about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def in_context(
    chances: Mapping[str, float], recent: Iterable[object], weight: float
) -> dict[str, float]:
    """`chances` with the business lines of the `recent` keys weighed more; the same sum.

    The business line is the first word of a key (`refund_progress`).
    """
    lines = {str(key).partition("_")[0] for key in recent}
    raised = {
        key: chance * (weight if key.partition("_")[0] in lines else 1.0)
        for key, chance in chances.items()
    }
    total = sum(chances.values()) / max(sum(raised.values()), 1e-12)
    return {key: chance * total for key, chance in raised.items()}
