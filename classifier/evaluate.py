"""How good a model is on texts it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from classifier.data import Labelled, TriageRows, read_labelled, read_triage
from classifier.labels import TARGETS
from classifier.predict import LabelClassifier, TriageClassifier, TriagePrediction

_BINS = 10


@dataclass(frozen=True)
class LabelScore:
    """One label: how often it was right when said, found when there, and both in one (F1)."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Scores:
    """`calibration_error` is the expected calibration error in ten bins (Guo et al. 2017, §2).

    `macro_f1` is the mean F1 over every label that occurs in truth or prediction.
    """

    rows: int
    accuracy: float
    macro_f1: float
    calibration_error: float
    labels: dict[str, LabelScore]


@dataclass(frozen=True)
class Bin:
    """Predictions of similar confidence: how many, their mean confidence, the share of right."""

    low: float
    count: int
    confidence: float
    accuracy: float


def score(truth: Sequence[str], predicted: Sequence[str], confidence: Sequence[float]) -> Scores:
    """Compare predictions with the truth; raises `ValueError` when there is nothing to compare."""
    if not truth:
        raise ValueError("nothing to evaluate")
    pairs = list(zip(truth, predicted, strict=True))
    labels = {}
    for label in sorted({*truth, *predicted}):
        right = sum(1 for true, said in pairs if true == said == label)
        said_it = sum(1 for _, said in pairs if said == label)
        there = sum(1 for true, _ in pairs if true == label)
        labels[label] = LabelScore(
            right / said_it if said_it else 0.0,
            right / there if there else 0.0,
            2 * right / (said_it + there),
            there,
        )
    hits = [true == said for true, said in pairs]
    return Scores(
        rows=len(pairs),
        accuracy=sum(hits) / len(hits),
        macro_f1=sum(item.f1 for item in labels.values()) / len(labels),
        calibration_error=calibration_error(hits, confidence),
        labels=labels,
    )


def calibration_error(hits: Sequence[bool], confidence: Sequence[float]) -> float:
    """Mean gap between confidence and accuracy over ten equal bins, weighted by their size."""
    right = np.asarray(hits, dtype=np.float64)
    sure = np.asarray(confidence, dtype=np.float64)
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(right[bins == number].mean() - sure[bins == number].mean()) * (bins == number).mean()
        for number in np.unique(bins)
    ]
    return float(sum(gaps))


def reliability(hits: Sequence[bool], confidence: Sequence[float]) -> list[Bin]:
    """The bins of the calibration error that are not empty, from low to high."""
    groups: dict[int, list[int]] = {}
    for row, sure in enumerate(confidence):
        groups.setdefault(min(int(sure * _BINS), _BINS - 1), []).append(row)
    return [
        Bin(
            number / _BINS,
            len(rows),
            sum(confidence[row] for row in rows) / len(rows),
            sum(hits[row] for row in rows) / len(rows),
        )
        for number, rows in sorted(groups.items())
    ]


def evaluate_labels(
    model: LabelClassifier, path: Path, text: str | None = None, label: str | None = None
) -> Scores:
    """Scores on a TSV file; columns default to those the model was trained on.

    Raises `DataError`.
    """
    return score_labels(model, read_labelled(path, text or model.text, label or model.label))


def score_labels(model: LabelClassifier, data: Labelled) -> Scores:
    """Scores on rows that were read."""
    chances = model.model.predict_proba(data.texts)
    predicted = [model.model.classes[column] for column in chances.argmax(axis=1).tolist()]
    return score(data.labels, predicted, chances.max(axis=1).tolist())


def evaluate_triage(
    model: TriageClassifier, path: Path, priority: Callable[[int, int], str] | None = None
) -> dict[str, Scores]:
    """Scores of each target on a file in the form of `nlu_data/triage`.

    With `priority` (impact, urgency → key, `triage.priority.matrix`) there is also an entry
    `priority`, on rows that have both labels. Raises `DataError`.
    """
    return score_triage(model, read_triage([path]), priority)


def score_triage(
    model: TriageClassifier, rows: TriageRows, priority: Callable[[int, int], str] | None = None
) -> dict[str, Scores]:
    """`evaluate_triage` on rows that were read."""
    predictions = [model.predict(text) for text in rows.texts]
    scores = {}
    for target in TARGETS:
        labelled = rows.labelled(target)
        if labelled:
            guesses = [_guess(predictions[row], target) for row in labelled]
            scores[target] = score(
                [rows.labels[target][row] for row in labelled],
                [key for key, _ in guesses],
                [confidence for _, confidence in guesses],
            )
    if priority is not None:
        scores["priority"] = _score_priority(rows, predictions, priority)
    return scores


def as_plain(scores: dict[str, Scores]) -> dict[str, object]:
    """`scores` as data for JSON."""
    return {target: asdict(item) for target, item in scores.items()}


def _score_priority(
    rows: TriageRows,
    predictions: Sequence[TriagePrediction],
    priority: Callable[[int, int], str],
) -> Scores:
    impact, urgency = rows.labels["impact"], rows.labels["urgency"]
    both = [row for row in range(len(rows.texts)) if impact[row] and urgency[row]]
    return score(
        [priority(int(impact[row]), int(urgency[row])) for row in both],
        [priority(int(predictions[r].impact.key), int(predictions[r].urgency.key)) for r in both],
        [min(predictions[r].impact.confidence, predictions[r].urgency.confidence) for r in both],
    )


def _guess(prediction: TriagePrediction, target: str) -> tuple[str, float]:
    if target == "anger":
        return "1" if prediction.anger.flag else "0", prediction.anger.confidence
    guess = getattr(prediction, target)
    return str(guess.key), float(guess.confidence)
