"""Plain logic of the understanding: parts of a message, thresholds, context."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.context import in_context
from bot.components.thresholds import WANTED, threshold_of, thresholds
from nlp.clauses import clauses


def test_a_message_of_one_part_has_no_clauses() -> None:
    assert clauses("退款多久到账") == []


def test_a_second_wish_is_seen_as_added() -> None:
    first, second = clauses("我的快递到哪了?另外发票怎么开")
    assert (first.text, first.asks, first.adds) == ("我的快递到哪了", True, False)
    assert (second.text, second.asks, second.adds) == ("发票怎么开", True, True)


def test_blanks_between_chinese_words_part_them_as_commas_do() -> None:
    assert [part.text for part in clauses("你好啊 我要退货 买大了")] == [
        "你好啊",
        "我要退货",
        "买大了",
    ]


@given(st.text(max_size=200))
def test_any_text_can_be_parted(text: str) -> None:
    parts = clauses(text)
    assert len(parts) <= 6
    assert all(part.text for part in parts)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ab"), st.floats(0, 1)), max_size=60)
)
def test_what_passes_its_threshold_is_right_often_enough(
    cases: list[tuple[str, str, float]],
) -> None:
    found = thresholds(*zip(*cases, strict=True), 0.5) if cases else {}
    for name, least in found.items():
        mine = [(true == said, sure) for true, said, sure in cases if said == name]
        passed = [right for right, sure in mine if sure >= least]
        if len(mine) >= 8 and least < 0.8 and passed:
            assert sum(passed) >= WANTED * len(passed)


def test_an_intent_nobody_judged_has_the_usual_threshold() -> None:
    assert threshold_of({"greet": 0.3}, "thank", 0.5) == 0.5
    assert threshold_of({"greet": 0.3}, "greet", 0.5) == 0.3


def test_an_open_question_is_read_in_the_light_of_the_last_answer() -> None:
    chances = {"refund_arrival_time": 0.2, "invoice_issue_time": 0.25}
    read = in_context(chances, ["refund_progress"], 2.5)
    assert read["refund_arrival_time"] > read["invoice_issue_time"]
    assert sum(read.values()) == pytest.approx(0.45)
    assert in_context(chances, ["order_cancel"], 2.5) == pytest.approx(chances)
