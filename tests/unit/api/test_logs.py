"""Personal data is masked before a log line is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.logs import mask, mask_event


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("手机13812345678", "手机138****5678"),
        ("电话：+8613812345678", "电话：+86138****5678"),
        ("电话：86-13812345678", "电话：86-138****5678"),
        ("138 1234 5678", "138****5678"),
        ("138-1234-5678", "138****5678"),
        ("身份证110101199003071234", "身份证110101********1234"),
        ("11010119900307123X。", "110101********123X。"),
        ("卡号6222021234567890123", "卡号6222********0123"),
        ("订单 2026030212345678", "订单 2026********5678"),
        ("邮箱 zhang.san@example.com", "邮箱 z***@example.com"),
        ("没有要藏的 12345", "没有要藏的 12345"),
        ("", ""),
    ],
)
def test_phone_card_and_mail_are_hidden(text: str, masked: str) -> None:
    assert mask(text) == masked


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.text("客户说：，。", max_size=5))
def test_no_mobile_number_survives_between_chinese_words(number: str, words: str) -> None:
    assert number not in mask(words + number + words)


@given(st.text())
def test_any_text_can_be_masked(text: str) -> None:
    assert isinstance(mask(text), str)


def test_every_text_of_an_event_is_masked_but_the_ids_of_the_desk() -> None:
    event = {"event": "x", "error": "客户 13812345678", "message_id": "13812345678", "count": 3}
    masked = mask_event(None, "info", dict(event))
    assert masked == {**event, "error": "客户 138****5678"}


def test_text_inside_lists_and_objects_is_masked_too() -> None:
    masked = mask_event(None, "info", {"slots": {"phone": "13812345678"}, "said": ["13812345678"]})
    assert "13812345678" not in str(masked)
