"""What may stand in a message: any Unicode goes in, only fit text comes out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.conversations.text import LONGEST, clean
from api.errors import EmptyText, TextTooLong

any_text = st.text(st.characters(codec=None), max_size=300)


def cleaned(text: str) -> str | None:
    """`text` cleaned, or None when it is refused."""
    try:
        return clean(text)
    except (EmptyText, TextTooLong):
        return None


@given(any_text)
def test_any_text_is_cleaned_or_refused_and_never_breaks(text: str) -> None:
    result = cleaned(text)
    if result is not None:
        assert 1 <= len(result) <= LONGEST
        assert result.encode("utf-8")
        assert result == result.strip()


@given(any_text)
def test_no_control_character_but_line_feed_and_tab_stays(text: str) -> None:
    result = cleaned(text) or ""
    controls = {char for char in result if unicodedata.category(char) == "Cc"}
    assert controls <= {"\n", "\t"}


@given(any_text)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    result = cleaned(text)
    if result is not None:
        assert clean(result) == result


@given(st.text("订单退款你好abcXYZ019，。！？", min_size=1, max_size=LONGEST))
def test_ordinary_text_is_kept_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\r\n ",
        "\u3000\u3000",
        "\u00a0",
        "\u200b\u200c\u200d\ufeff",
        "\u2060",
        "\u202e\u202c",
        "\x00\x01\x1b",
        "\ud800",
        "\ue000",
        "\ufe0f",
        "\u3164",
    ],
)
def test_text_without_a_visible_character_is_empty(text: str) -> None:
    with pytest.raises(EmptyText):
        clean(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  你好 ", "你好"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("订\x00单", "订单"),
        ("\ud83d你好", "你好"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("❤️", "❤️"),
        ("a\tb", "a\tb"),
        ("<b>加粗</b>", "<b>加粗</b>"),
        ("\U0001fae9", "\U0001fae9"),  # an emoji of Unicode 16, newer than Python 3.11 knows
        ("𠮷野家", "𠮷野家"),
    ],
)
def test_what_is_visible_stays(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_two_thousand_characters_are_taken_and_one_more_is_not() -> None:
    assert clean("长" * LONGEST) == "长" * LONGEST
    assert clean(" " + "长" * LONGEST + "\n") == "长" * LONGEST
    with pytest.raises(TextTooLong) as refused:
        clean("长" * (LONGEST + 1))
    assert refused.value.details == {"longest": LONGEST, "length": LONGEST + 1}


def test_ten_thousand_emoji_are_too_long_and_not_a_crash() -> None:
    with pytest.raises(TextTooLong):
        clean("😀" * 10_000)
