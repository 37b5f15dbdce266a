from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import HashingEmbedder, QuestionIndex

QUESTIONS = [
    ("refund_time", "退款多久到账？"),
    ("refund_time", "钱什么时候退回来"),
    ("invoice_how", "怎么开发票"),
    ("invoice_how", "在哪里申请电子发票"),
    ("ship_time", "下单后多久发货"),
    ("ship_time", "什么时候能发货"),
]


@pytest.fixture(scope="module")
def index() -> QuestionIndex:
    keys, questions = zip(*QUESTIONS, strict=True)
    return QuestionIndex(HashingEmbedder()).fit(keys, questions)


@pytest.mark.parametrize(
    "text", ["退款多久到账？", "退款多久到账", "退款，多久到账！！", "退 款多久到账"]
)
def test_a_known_question_scores_one_however_it_is_punctuated(
    index: QuestionIndex, text: str
) -> None:
    assert index.rank(text)[0] == ("refund_time", 1.0)


def test_a_new_wording_finds_its_key_and_is_less_than_certain(index: QuestionIndex) -> None:
    (key, score), *_ = index.rank("我的退款几天能到账")
    assert key == "refund_time"
    assert 0.2 < score < 1.0


@given(text=st.text(st.characters(exclude_categories=()), max_size=60), top=st.integers(1, 5))
def test_each_key_is_ranked_once_best_first(index: QuestionIndex, text: str, top: int) -> None:
    ranking = index.rank(text, top)
    keys = [key for key, _ in ranking]
    scores = [score for _, score in ranking]
    assert len(ranking) == min(top, 3)
    assert len(set(keys)) == len(keys)
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)


def test_two_keys_may_share_a_question() -> None:
    index = QuestionIndex(HashingEmbedder()).fit(["b", "a", "c"], ["怎么退", "怎么退?", "别的"])
    assert index.rank("怎么退")[:2] == [("a", 1.0), ("b", 1.0)]


def test_a_question_of_signs_alone_is_no_exact_match() -> None:
    index = QuestionIndex(HashingEmbedder()).fit(["a", "b"], ["？？", "怎么退"])
    assert all(score < 1.0 for _, score in index.rank("！"))


def test_an_empty_index_ranks_nothing() -> None:
    assert QuestionIndex(HashingEmbedder()).fit([], []).rank("退款") == []


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="1 keys but 2 questions"):
        QuestionIndex(HashingEmbedder()).fit(["a"], ["x", "y"])


def test_an_index_comes_back_from_its_state(index: QuestionIndex) -> None:
    again = QuestionIndex.from_state(index.to_state(), HashingEmbedder())
    assert again.rank("我的退款几天能到账") == index.rank("我的退款几天能到账")
    with pytest.raises(ValueError, match="hashing-64"):
        QuestionIndex.from_state(index.to_state(), HashingEmbedder(32))
