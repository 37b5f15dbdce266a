from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import normalise

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates too


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("ＡＢＣ１２３，退款！", "abc123,退款!"),
        ("  我要 \n\t 退款　", "我要 退款"),
        ("急急急急急", "急急"),
        ("人呢！！！！！", "人呢!!"),
        ("等了……好久。。。。", "等了..好久。。"),
        ("订单20000000001", "订单20000000001"),
        ("退\u200b款\ufeff\x00\x7f", "退款"),
        ("太差了😡😡😡😡", "太差了[怒火中烧][怒火中烧]"),
        ("❤\ufe0f", "[红心]"),
        ("帳號被鎖,退貨", "帐号被锁,退货"),
        ("好的👍🏽", "好的[拇指向上]"),
        ("\ud800退款\udfff", "退款"),
        ("①号㎡", "1号m2"),
        ("", ""),
    ],
)
def test_many_spellings_become_one(text: str, spelled: str) -> None:
    assert normalise(text) == spelled


@given(ANY_TEXT)
def test_a_normalised_text_stays_as_it_is(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(ANY_TEXT)
def test_nothing_invisible_is_left(text: str) -> None:
    kinds = {unicodedata.category(char) for char in normalise(text)}
    assert not kinds & {"Cc", "Cf", "Cs"}


@given(st.text(st.sampled_from("aA！!。.哈 1１\u0301\u200bﷺ가\u1100"), max_size=60))
def test_awkward_mixtures_settle_too(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(ANY_TEXT, st.integers(-1, 50))
def test_a_limit_holds_and_changes_nothing_before_it(text: str, limit: int) -> None:
    short = normalise(text, limit)
    assert len(short) <= max(limit, 0)
    assert normalise(short, limit) == short


def test_a_limit_keeps_huge_texts_cheap() -> None:
    assert normalise("退款" * 1_000_000, 10) == "退款" * 5


@given(st.from_regex(r"\d{1,40}", fullmatch=True))
def test_numbers_keep_every_digit(digits: str) -> None:
    assert normalise(digits) == unicodedata.normalize("NFKC", digits)
