"""Snippets show where the match is, and nothing that is hidden elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.search.snippets import CLOSE, OPEN, snippet
from api.search.terms import parts_of


def shown(text: str, asked: str) -> str:
    """With the marks as brackets."""
    return snippet([text], parts_of(asked)).replace(OPEN, "[").replace(CLOSE, "]")


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("我的退款还没到", "退款", "我的[退款]还没到"),
        ("我的退款还没到，退款呢", "退款", "我的[退款]还没到，[退款]呢"),
        ("我的退款还没到", "退款 没到", "我的[退款]还[没到]"),
        ("查一下物流信息", "wlxx", "查一下[物流信息]"),
        ("查一下物流信息", "xx", "查一下物流[信息]"),
        ("买了 iPhone 壳", "iph", "买了 [iPh]one 壳"),
        ("訂單退貨", "退货", "訂單[退貨]"),
        ("订单 YS2026110300", "1103", "订单 YS2026[1103]00"),
        ("退款，发票", "退款。发票", "[退款，发票]"),
        ("没有这个词", "物流", "没有这个词"),
    ],
)
def test_matches_are_marked(text: str, asked: str, expected: str) -> None:
    assert shown(text, asked) == expected


def test_a_long_text_is_cut_around_the_match() -> None:
    text = shown("前" * 300 + "退款" + "后" * 300, "退款")
    assert text.startswith("…前")
    assert "[退款]后" in text
    assert text.endswith("后…")
    assert len(text) < 100


def test_personal_numbers_are_masked() -> None:
    assert "19900006021" not in shown("退款打 19900006021", "退款")
    assert shown("退款打 19900006021", "6021") == "退款打 199****[6021]"


def test_the_first_text_with_a_match_is_shown() -> None:
    assert snippet([None, "标题", "说到退款"], ["退款"]) == f"说到{OPEN}退款{CLOSE}"
    assert snippet(["", "标题"], ["退款"]) == "标题"
    assert snippet([None], ["退款"]) == ""


@given(st.text(max_size=200), st.text(max_size=20))
def test_marks_come_in_pairs(text: str, asked: str) -> None:
    cut = snippet([text], parts_of(asked))
    assert cut.count(OPEN) == cut.count(CLOSE)
    assert "\n" not in cut
