"""Numbers and addresses in customer messages; pure, no Rasa."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.numbers import find_numbers


def read(text: str) -> list[tuple[str, str | int]]:
    return [(item.entity, item.value) for item in find_numbers(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("202611180012345", [("order_number", "202611180012345")]),
        ("订单号是202611180012345啊", [("order_number", "202611180012345")]),
        ("no.202611110099001", [("order_number", "202611110099001")]),
        ("2026 1105 0023 456", [("order_number", "202611050023456")]),
        ("２０２６１１１８００１２３４５", [("order_number", "202611180012345")]),
        ("13800138000", [("phone", "13800138000")]),
        ("138 0013 8000", [("phone", "13800138000")]),
        ("138-0013-8000", [("phone", "13800138000")]),
        ("+86 13800138000", [("phone", "13800138000")]),
        ("010-12345678", [("phone", "010-12345678")]),
        ("12800138000", []),
        ("SF1234567890123", [("tracking_number", "SF1234567890123")]),
        ("快递单号是 7788990011223", [("tracking_number", "7788990011223")]),
        ("快递的订单号202611180012345", [("order_number", "202611180012345")]),
        ("邮箱 A.b@mail.example", [("email", "a.b@mail.example")]),
        ("加微信：abc_12345", [("wechat", "abc_12345")]),
        ("退我199.5元", [("amount", 19950)]),
        ("￥20", [("amount", 2000)]),
        ("花了3万块", [("amount", 3_000_000)]),
        ("一块儿走", []),
        ("买了2件", []),
        ("110101199003077758", []),
        ("123456789012345678901", []),
    ],
)
def test_each_is_read_as_what_it_is(text: str, expected: list[tuple[str, str | int]]) -> None:
    assert read(text) == expected


def test_several_in_one_message() -> None:
    found = find_numbers("订单123456789012 13800138000，退39元")
    assert [(item.entity, item.value) for item in found] == [
        ("order_number", "123456789012"),
        ("phone", "13800138000"),
        ("amount", 3900),
    ]


@given(st.text(max_size=200))
def test_offsets_are_true_and_nothing_overlaps(text: str) -> None:
    end = 0
    for item in find_numbers(text):
        assert end <= item.start < item.end <= len(text)
        end = item.end
