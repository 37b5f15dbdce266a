"""Asking a release the held-out lines that it was not asked before, and what it has learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.learning.proof.learned import Learned
from api.learning.proof.predicting import (
    Expected,
    Place,
    Prediction,
    Release,
    Seen,
    Told,
    store,
    stored,
)


@dataclass(frozen=True, slots=True)
class Examined:
    """What a release says of the held-out lines, and what it makes of other texts.

    The lines in `learned` prove nothing: it was taught their words.
    """

    predictions: list[Prediction]
    seen: dict[str, Seen]
    learned: frozenset[Place] = frozenset()


def examine(
    folder: Path,
    bot_python: Path,
    lines: Sequence[Expected],
    others: Sequence[str],
    told: Told | None = None,
) -> Examined:
    """Ask the release in `folder` the held-out lines it was not asked before, and `others`.

    What it says of the lines is kept with it. Raises `ParsingFailed`, `ModelError` and `OSError`.
    """
    words = Learned(folder)
    learned = frozenset(line.line for line in lines if words.has(line))
    known = {prediction.line: prediction for prediction in stored(folder)}
    missing = [line for line in lines if line.line not in known]
    texts = list(dict.fromkeys([*(line.text for line in missing), *others]))
    if not texts:
        return Examined([known[line.line] for line in lines], {}, learned)
    release = Release(folder, bot_python)
    seen = dict(zip(texts, release.look(texts, told), strict=True))
    known |= {line.line: release.judge(line, seen[line.text]) for line in missing}
    if missing:
        store(folder, known.values())
    return Examined([known[line.line] for line in lines], seen, learned)
