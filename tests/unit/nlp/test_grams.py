from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp.grams import GramTable, char_grams, word_grams

DOCUMENTS = [["a", "b", "a"], ["b", "c"], ["c", "c", "c", "d"]]


def test_char_grams_have_every_length_up_to_the_longest() -> None:
    assert char_grams("退款吗", 2) == ["退", "款", "吗", "退款", "款吗"]


def test_word_grams_join_neighbours() -> None:
    assert word_grams(["我", "要", "退款"], 2) == ["我", "要", "退款", "我 要", "要 退款"]


def test_the_weighting_is_that_of_scikit_learn() -> None:
    ours = GramTable.fit(DOCUMENTS, 1, 100).transform(DOCUMENTS).toarray()
    theirs = TfidfVectorizer(analyzer=list, sublinear_tf=True).fit_transform(DOCUMENTS).toarray()
    assert ours == pytest.approx(theirs, abs=1e-6)


def test_unknown_grams_make_the_known_ones_count_less() -> None:
    table = GramTable.fit(DOCUMENTS, 1, 100)
    plain, mixed = table.transform([["a"], ["a", "x", "y"]]).toarray()
    assert 0 < mixed[0] < plain[0] == pytest.approx(1.0)


def test_rare_grams_can_be_left_out_and_the_frequent_ones_are_kept() -> None:
    assert GramTable.fit(DOCUMENTS, 2, 100).grams == ["b", "c"]
    assert GramTable.fit(DOCUMENTS, 1, 3).grams == ["a", "b", "c"]


def test_nothing_known_gives_an_empty_row() -> None:
    rows = GramTable.fit(DOCUMENTS, 1, 100).transform([["z"], []])
    assert rows.shape == (2, 4)
    assert rows.nnz == 0


@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\n"), min_size=1))))
def test_a_table_comes_back_from_its_state(documents: list[list[str]]) -> None:
    table = GramTable.fit(documents, 1, 1_000)
    again = GramTable.from_state(table.to_state())
    assert again.grams == table.grams
    assert np.array_equal(
        again.transform(documents).toarray(), table.transform(documents).toarray()
    )
