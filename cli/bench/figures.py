"""Figures of predictions: scores, reliability, precision by coverage, confusion, times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from classifier.evaluate import calibration_error, score
from cli.bench.request import Figures
from cli.replay.figures import percentile


@dataclass(frozen=True)
class Guess:
    """One prediction: what is true, what was said, and how sure (0–1)."""

    truth: str
    said: str
    confidence: float

    @property
    def right(self) -> bool:
        """Whether the truth was said."""
        return self.truth == self.said


@dataclass(frozen=True)
class Point:
    """What happens when only predictions of at least `threshold` are used."""

    threshold: float
    coverage: float
    precision: float


def scores(guesses: Sequence[Guess]) -> Figures:
    """Accuracy, macro-F1, calibration error, and precision and recall of each label."""
    if not guesses:
        return {"rows": 0}
    found = asdict(
        score(
            [guess.truth for guess in guesses],
            [guess.said for guess in guesses],
            [guess.confidence for guess in guesses],
        )
    )
    return {name: rounded(value) for name, value in found.items()}


def expected_calibration_error(hits: Sequence[bool], confidence: Sequence[float]) -> float | None:
    """Mean gap of confidence and accuracy in ten bins; None without any prediction."""
    return rounded_or_none(calibration_error(hits, confidence)) if hits else None


def precision_by_coverage(hits: Sequence[bool], confidence: Sequence[float]) -> list[Point]:
    """One point a distinct confidence, from the surest alone to everything."""
    order = sorted(range(len(hits)), key=lambda row: -confidence[row])
    points: list[Point] = []
    right = 0
    for used, row in enumerate(order, start=1):
        right += hits[row]
        following = order[used] if used < len(order) else None
        if following is None or confidence[following] < confidence[row]:
            points.append(Point(confidence[row], used / len(order), right / used))
    return points


def confusion(guesses: Sequence[Guess], labels: Sequence[str]) -> list[list[float]]:
    """Share of each true label (a row) that was said to be each label; rows sum to 1 or 0."""
    place = {label: number for number, label in enumerate(labels)}
    counts = [[0.0] * len(labels) for _ in labels]
    for guess in guesses:
        counts[place[guess.truth]][place[guess.said]] += 1
    return [[cell / (sum(row) or 1.0) for cell in row] for row in counts]


def share(hits: Sequence[bool]) -> float | None:
    """Share of true ones; None of nothing."""
    return rounded_or_none(sum(hits) / len(hits)) if hits else None


def milliseconds(times: Sequence[float]) -> Figures:
    """Median and 95th percentile of `times`, all in milliseconds."""
    return {
        "p50": rounded_or_none(percentile(times, 50), 2),
        "p95": rounded_or_none(percentile(times, 95), 2),
    }


def rounded(value: object) -> object:
    """Numbers with four places, also deep inside."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return value


def rounded_or_none(value: float | None, places: int = 4) -> float | None:
    """A rounded number, or still nothing."""
    return None if value is None else round(value, places)


def plain(guess: Guess) -> Figures:
    """One prediction as data for JSON."""
    return {
        "truth": guess.truth,
        "said": guess.said,
        "confidence": round(guess.confidence, 4),
    }
