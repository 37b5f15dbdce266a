"""Plain logic of the understanding: parts of a message, thresholds, context."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.context import in_context
from bot.components.exact import exact_lines
from bot.components.readings import intents, without
from bot.components.thresholds import OTHERS, WANTED, threshold_of, thresholds
from nlp.clauses import asks, clauses


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


def test_a_question_is_told_from_an_order() -> None:
    assert asks("订单怎么取消")
    assert asks("能取消吗")
    assert not asks("帮我把这单取消")


@given(st.text(max_size=200))
def test_any_text_can_be_parted(text: str) -> None:
    parts = clauses(text)
    assert len(parts) <= 6
    assert all(part.text for part in parts)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.floats(0, 1)), max_size=60))
def test_what_passes_its_threshold_is_right_often_enough(
    cases: list[tuple[str, bool, float]],
) -> None:
    said, right, sure = zip(*cases, strict=True) if cases else ((), (), ())
    found = thresholds(said, right, sure)
    assert set(found) == set(said)
    for name, least in found.items():
        passed = [(other, hit) for other, hit, confidence in cases if confidence >= least]
        mine = [hit for other, hit in passed if other == name]
        usual = sum(hit for _, hit in passed) / max(len(passed), 1)
        if least < 0.8:
            assert sum(mine) + OTHERS * usual >= WANTED * (len(mine) + OTHERS)


def test_a_few_bad_guesses_do_not_close_an_intent() -> None:
    many = [("greet", True, 0.9)] * 40
    few = [("track_order", False, 0.3), ("track_order", True, 0.3)]
    worse = [("stop", False, 0.45)] * 30
    assert thresholds(*zip(*many, *few, strict=True))["track_order"] == 0.2
    among_bad = thresholds(*zip(*many, *few, *worse, strict=True))
    assert (among_bad["greet"], among_bad["track_order"]) == (0.2, 0.5)


def test_many_improbable_entries_do_not_outweigh_a_probable_task() -> None:
    ranked = [("stop", 0.4), ("faq/a", 0.35), ("faq/b", 0.25)]
    assert intents(ranked) == [("stop", 0.4), ("faq", pytest.approx(0.6))]


def test_without_an_intent_the_others_share_what_it_had() -> None:
    assert without([("ask_human", 0.5), ("stop", 0.3), ("greet", 0.2)], "ask_human") == [
        ("stop", pytest.approx(0.6)),
        ("greet", pytest.approx(0.4)),
    ]
    assert without([("ask_human", 1.0)], "ask_human") == [("ask_human", 1.0)]


def test_only_wordings_are_exact_and_a_title_belongs_to_its_entry() -> None:
    lines = [
        ("怎么退货", "faq/how", "title"),
        ("怎么退货", "request_return", None),
        ("三个工作日到账", "faq/how", "answer"),
        ("我要退", "request_return", None),
        ("不要了", "request_return", None),
        ("不要了", "cancel_order", None),
    ]
    assert exact_lines(lines) == {"怎么退货": "faq/how", "我要退": "request_return"}


def test_an_intent_nobody_judged_has_the_usual_threshold() -> None:
    assert threshold_of({"greet": 0.3}, "thank", 0.5) == 0.5
    assert threshold_of({"greet": 0.3}, "greet", 0.5) == 0.3


def test_an_open_question_is_read_in_the_light_of_the_last_answer() -> None:
    chances = {"refund_arrival_time": 0.2, "invoice_issue_time": 0.25}
    read = in_context(chances, ["refund_progress"], 2.5)
    assert read["refund_arrival_time"] > read["invoice_issue_time"]
    assert sum(read.values()) == pytest.approx(0.45)
    assert in_context(chances, ["order_cancel"], 2.5) == pytest.approx(chances)
