from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp import CalibratedLinear
from nlp.linear import assign_folds, fit_temperature, softmax


def blobs(count: int, noise: float, seed: int = 1) -> tuple[csr_matrix, list[str]]:
    """Three classes around three corners; `noise` is how far rows stray."""
    random = np.random.default_rng(seed)
    target = random.integers(0, 3, count)
    rows = np.eye(3)[target] + noise * random.normal(size=(count, 3))
    return csr_matrix(rows.astype(np.float32)), [f"class{number}" for number in target]


def test_it_learns_what_can_be_learned() -> None:
    rows, labels = blobs(300, 0.1)
    linear = CalibratedLinear().fit(rows, labels)
    chances = linear.predict_proba(rows)
    assert [linear.classes_[column] for column in chances.argmax(axis=1)] == labels
    assert linear.cross_validated_accuracy > 0.98


def test_probabilities_sum_to_one_and_mean_what_they_say() -> None:
    rows, labels = blobs(900, 0.6)
    fresh, truth = blobs(3_000, 0.6, seed=2)
    linear = CalibratedLinear().fit(rows, labels)
    chances = linear.predict_proba(fresh)
    assert chances.sum(axis=1) == pytest.approx(1.0)
    right = np.array([linear.classes_[column] for column in chances.argmax(axis=1)]) == truth
    assert chances.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.04)
    assert linear.cross_validated_accuracy == pytest.approx(right.mean(), abs=0.05)


def test_two_classes_work_like_many() -> None:
    rows, labels = blobs(300, 0.1)
    two = ["yes" if label == "class1" else "no" for label in labels]
    linear = CalibratedLinear().fit(rows, two)
    assert linear.decision(rows).shape == (300, 2)
    assert [linear.classes_[column] for column in linear.predict_proba(rows).argmax(axis=1)] == two


def test_the_same_data_gives_the_same_model() -> None:
    rows, labels = blobs(200, 0.4)
    first = CalibratedLinear().fit(rows, labels).predict_proba(rows)
    assert np.array_equal(CalibratedLinear().fit(rows, labels).predict_proba(rows), first)


def test_a_class_with_a_single_row_does_no_harm() -> None:
    rows, labels = blobs(60, 0.1)
    labels[0] = "lonely"
    chances = CalibratedLinear().fit(rows, labels).predict_proba(rows)
    assert np.isfinite(chances).all()


def test_two_rows_are_enough() -> None:
    rows = csr_matrix(np.eye(2, dtype=np.float32))
    linear = CalibratedLinear().fit(rows, ["a", "b"])
    assert linear.predict_proba(rows).argmax(axis=1).tolist() == [0, 1]


@pytest.mark.parametrize("labels", [[], ["a"], ["a", "a"]])
def test_one_label_is_not_enough(labels: list[str]) -> None:
    rows = csr_matrix((len(labels), 2), dtype=np.float32)
    with pytest.raises(ValueError, match="two different labels"):
        CalibratedLinear().fit(rows, labels)


def test_contributions_say_which_column_spoke_for_a_label() -> None:
    rows, labels = blobs(300, 0.1)
    linear = CalibratedLinear().fit(rows, labels)
    columns, weights = linear.contributions(csr_matrix([[1.0, 0.0, 0.0]]), "class0")
    assert columns.tolist() == [0]
    assert weights[0] > 0
    with pytest.raises(ValueError, match="nobody"):
        linear.contributions(rows[0], "nobody")


def test_it_comes_back_from_its_state() -> None:
    rows, labels = blobs(100, 0.4)
    linear = CalibratedLinear().fit(rows, labels)
    again = CalibratedLinear.from_state(linear.to_state())
    assert again.classes_ == linear.classes_
    assert np.array_equal(again.predict_proba(rows), linear.predict_proba(rows))


def test_folds_share_every_class_evenly() -> None:
    target = np.array([0] * 10 + [1] * 7 + [2])
    fold = assign_folds(target, 5, seed=3)
    for label, most in ((0, 2), (1, 2), (2, 1)):
        assert np.bincount(fold[target == label]).max() <= most


@pytest.mark.parametrize("temperature", [0.25, 1.0, 3.0])
def test_the_temperature_that_made_the_labels_is_found(temperature: float) -> None:
    random = np.random.default_rng(5)
    margins: NDArray[np.float64] = random.normal(size=(4_000, 4))
    chances = softmax(margins / temperature)
    target = np.array([random.choice(4, p=row) for row in chances])
    found, shifts = fit_temperature(margins, target)
    assert found == pytest.approx(temperature, rel=0.15)
    assert np.abs(shifts).max() < 0.25


def test_softmax_survives_huge_scores() -> None:
    assert softmax(np.array([[1e4, 0.0], [-1e4, -1e4]])).tolist() == [[1.0, 0.0], [0.5, 0.5]]
