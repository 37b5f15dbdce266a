"""The figures of a release by itself: on held-out lines, and by cross-validation."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from pydantic import JsonValue

from api.learning import releases
from api.learning.proof.examining import Examined
from api.learning.proof.predicting import FOREIGN, Prediction
from classifier.evaluate import score
from classifier.labels import TARGETS
from classifier.store import load_metadata
from triage.trial import wilson

_IN_DETAIL = frozenset({*TARGETS, "priority"})
"""Parts with few labels: each is told of. The others' labels are in the proof."""


LEFT_OUT = "left_out"
"""Key of the figure of how many held-out lines do not count, as the release has learned them."""


def evaluation_of(folder: Path, examined: Examined) -> dict[str, JsonValue]:
    """Scores by set and part of the release in `folder`, and by target on rows of its training
    that were held out in turn (three folds, `nlp.linear`); all shares are 0–1."""
    groups: dict[str, dict[str, list[Prediction]]] = {}
    fresh = [one for one in examined.predictions if one.line not in examined.learned]
    for prediction in fresh:
        groups.setdefault(prediction.set, {}).setdefault(prediction.part, []).append(prediction)
    found: dict[str, JsonValue] = {
        name: {part: _scores(part, group) for part, group in parts.items()}
        for name, parts in groups.items()
    }
    found[LEFT_OUT] = len(examined.predictions) - len(fresh)
    found["cross_validation"] = _cross_validation(folder / releases.CLASSIFIER)
    return found


def _scores(part: str, group: list[Prediction]) -> JsonValue:
    scores = score(
        [one.expected for one in group],
        [_label(one) for one in group],
        [one.confidence for one in group],
    )
    range_ = wilson(sum(one.right for one in group), len(group))
    plain: dict[str, JsonValue] = {**asdict(scores), "low": range_.low, "high": range_.high}
    if part not in _IN_DETAIL:
        del plain["labels"]
    return plain


def _label(one: Prediction) -> str:
    """What was said, in the words of what is expected: an outcome is an answer or none.

    What is wrong never reads as expected, as of a foreign message that got suggestions: accuracy
    is the share of lines that are right, as in the proofs.
    """
    if one.right or one.part != "faq":
        return one.expected if one.right else one.predicted
    kind, _, key = one.predicted.partition(":")
    if one.expected == FOREIGN:
        return one.predicted
    return key if kind == "answer" else FOREIGN


def _cross_validation(classifier: Path) -> JsonValue:
    about = load_metadata(classifier, "triage")["targets"]
    return {
        target: {
            "rows": item["rows"],
            "accuracy": item["cross_validated_accuracy"],
            "labels": item["cross_validated_recall"],
        }
        for target, item in about.items()
    }
