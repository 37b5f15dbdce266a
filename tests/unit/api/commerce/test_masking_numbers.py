"""Numbers in what customers write: what is theirs is hidden, what an agent works with stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.commerce.masking import mask_numbers

HIDDEN = [
    ("电话13800001111找我", "电话138****1111找我"),
    ("138 0000 1111", "138****1111"),
    ("+86-138-0000-1111", "138****1111"),
    ("手机１３８００００１１１１。", "手机138****1111。"),
    ("13800001111、13900002222", "138****1111、139****2222"),
    ("微信VX13800001111", "微信VX138****1111"),
    ("我是11010519491231002X", "我是110***********002X"),
    ("身份证110105194912310021", "身份证110***********0021"),
    ("110105 19491231 002x 本人", "110***********002x 本人"),
    ("卡号6222021234567890123", "卡号****0123"),
    ("尾号不对，是6222 0212 3456 7890 128", "尾号不对，是****0128"),
    ("4111 1111 1111 1111", "****1111"),
]
KEPT = [
    "订单880100100011",
    "880100100011",
    "运单 SF1390000111122",
    "YT1380000111122",
    "JD0138000011112222",
    "订单号4111111111111111",
    "快递单号 6222021234567890128",
    "3812345678901234567",
    "123456789012345678",
    "2026-11-21 08:30 下单，金额 1999.00 元",
    "客服电话 4008001234",
    "价格1380元，型号BCD-13800",
]


@pytest.mark.parametrize(("said", "shown"), HIDDEN)
def test_phone_id_and_card_numbers_are_hidden(said: str, shown: str) -> None:
    assert mask_numbers(said) == shown


@pytest.mark.parametrize("said", KEPT)
def test_order_and_tracking_numbers_stay(said: str) -> None:
    assert mask_numbers(said) == said


@given(st.text(), st.text(alphabet="我的是电话，。 "))
def test_a_mobile_number_never_survives(before: str, after: str) -> None:
    said = f"{before} 13912345678{after}"
    if not said[len(before) + 12 :][:1].isdigit():
        assert "13912345678" not in mask_numbers(said)


@given(st.text())
def test_masking_twice_changes_nothing_more(said: str) -> None:
    assert mask_numbers(mask_numbers(said)) == mask_numbers(said)
