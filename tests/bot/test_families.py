"""A task and the entries that explain it; pure numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bot.components.families import Families

LABELS = ["cancel_order", "faq/cancel", "faq/unshipped", "faq/hours", "greet"]
TASKS = {"faq/cancel": "cancel_order", "faq/unshipped": "cancel_order", "faq/gone": "no_task"}
FAMILIES = Families(LABELS, TASKS)


def settled(*chances: float, asks: bool) -> list[float]:
    return FAMILIES.settle(np.array([chances]), [asks])[0].tolist()


def test_an_order_has_all_that_speaks_for_its_family() -> None:
    found = settled(0.3, 0.2, 0.1, 0.35, 0.05, asks=False)
    assert found == pytest.approx([0.6, 0.0, 0.0, 0.35, 0.05])


def test_a_question_leaves_the_entries_in_proportion() -> None:
    found = settled(0.3, 0.2, 0.1, 0.35, 0.05, asks=True)
    assert found == pytest.approx([0.0, 0.4, 0.2, 0.35, 0.05])


def test_a_task_that_is_far_more_probable_wins_even_in_a_question() -> None:
    found = settled(0.8, 0.1, 0.0, 0.05, 0.05, asks=True)
    assert found == pytest.approx([0.9, 0.0, 0.0, 0.05, 0.05])


def test_suggestions_keep_the_entries_of_a_task_that_wins() -> None:
    found = FAMILIES.as_questions(np.array([[0.3, 0.2, 0.1, 0.35, 0.05]]))[0].tolist()
    assert found == pytest.approx([0.0, 0.4, 0.2, 0.35, 0.05])


def test_an_entry_is_of_the_family_of_its_task() -> None:
    assert FAMILIES.same("faq/cancel", "cancel_order")
    assert FAMILIES.same("faq/cancel", "faq/unshipped")
    assert not FAMILIES.same("faq/hours", "cancel_order")


def test_without_pairs_nothing_changes() -> None:
    chances = np.array([[0.3, 0.2, 0.1, 0.35, 0.05]])
    assert Families(LABELS, {}).settle(chances, [False]).tolist() == chances.tolist()


@given(arrays(np.float64, (3, 5), elements=st.floats(1e-6, 1.0)), st.booleans())
def test_nothing_is_lost_and_only_one_member_stays(raw: np.ndarray, asks: bool) -> None:
    chances = raw / raw.sum(axis=1, keepdims=True)
    found = FAMILIES.settle(chances, [asks] * 3)
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert found[:, 3:] == pytest.approx(chances[:, 3:])
    assert np.all((found[:, 0] == 0) != (found[:, 1:3].sum(axis=1) == 0))
