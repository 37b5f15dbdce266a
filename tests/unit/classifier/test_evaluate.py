from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from classifier.evaluate import as_plain, calibration_error, evaluate_triage, score
from classifier.labels import TARGETS
from classifier.predict import TriageClassifier
from classifier.train import TrainingReport
from tests.unit.classifier.conftest import ROWS, write_triage

LABEL = st.sampled_from("abcd")


@given(st.lists(st.tuples(LABEL, LABEL), min_size=1))
def test_scores_are_those_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    truth, predicted = zip(*pairs, strict=True)
    found = score(truth, predicted, [0.5] * len(pairs))
    assert found.accuracy == pytest.approx(accuracy_score(truth, predicted))
    assert found.macro_f1 == pytest.approx(f1_score(truth, predicted, average="macro"))
    assert sum(label.support for label in found.labels.values()) == len(pairs)


def test_precision_and_recall_are_told_apart() -> None:
    found = score(["a", "a", "b"], ["a", "b", "b"], [0.9, 0.6, 0.8]).labels
    assert (found["a"].precision, found["a"].recall) == (1.0, 0.5)
    assert (found["b"].precision, found["b"].recall) == (0.5, 1.0)


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to evaluate"):
        score([], [], [])


@pytest.mark.parametrize(
    ("hits", "confidence", "error"),
    [
        ([True] * 4, [1.0] * 4, 0.0),
        ([False] * 4, [1.0] * 4, 1.0),
        ([True, True, True, False], [0.75] * 4, 0.0),
        ([True, False], [0.95, 0.05], 0.05),
    ],
)
def test_calibration_error_is_the_gap_between_sure_and_right(
    hits: list[bool], confidence: list[float], error: float
) -> None:
    assert calibration_error(hits, confidence) == pytest.approx(error)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1))
def test_calibration_error_stays_between_zero_and_one(pairs: list[tuple[bool, float]]) -> None:
    hits, confidence = zip(*pairs, strict=True)
    assert 0.0 <= calibration_error(hits, confidence) <= 1.0
    assert np.isfinite(calibration_error(hits, confidence))


def test_all_targets_and_the_priority_are_scored(
    trained: tuple[Path, TrainingReport], triage_file: Path
) -> None:
    model = TriageClassifier.load(trained[0])
    scores = evaluate_triage(model, triage_file, priority=lambda i, u: "P1" if i + u > 6 else "P4")
    assert list(scores) == [*TARGETS, "priority"]
    assert all(item.accuracy > 0.9 for item in scores.values())
    assert json.loads(json.dumps(as_plain(scores)))["category"]["rows"] == len(ROWS)


def test_rows_without_a_label_are_left_out(
    trained: tuple[Path, TrainingReport], tmp_path: Path
) -> None:
    path = write_triage(tmp_path / "part.tsv", [("退款", "refund", "", "", "", "", "")])
    scores = evaluate_triage(TriageClassifier.load(trained[0]), path)
    assert list(scores) == ["category"]
