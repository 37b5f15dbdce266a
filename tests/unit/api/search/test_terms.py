"""What a text is found by holds whatever is asked of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.search.terms import document, question, whole_number

_HAN = st.text("退款物流信息订单发票还没到账怎么办急", min_size=2, max_size=30)
_ANY = st.text(max_size=60)


def lexemes(literal: str) -> set[str]:
    """The words of a tsvector or tsquery."""
    return set(re.findall(r"'([^']+)'", literal))


def places(literal: str) -> set[tuple[str, int]]:
    """Words of a tsvector with where they stand."""
    return {(word, int(place)) for word, place in re.findall(r"'([^']+)':(\d+)", literal)}


def stands_in(query: str, vector: str) -> bool:
    """Whether a row of words at given distances stands in a tsvector, as PostgreSQL reads it."""
    steps = re.findall(r"(?:<(\d+)> )?'([^']+)'(:\*)?", query)
    known = places(vector)

    def holds(at: int) -> bool:
        for distance, word, begins in steps:
            at += int(distance or 0)
            if not any(
                place == at and (text.startswith(word) if begins else text == word)
                for text, place in known
            ):
                return False
        return True

    return any(holds(place) for _, place in known)


@given(_HAN, st.data())
def test_any_part_of_two_characters_and_more_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    wanted = question(text[start:end])
    assert wanted is not None
    assert lexemes(wanted) <= lexemes(document(text))
    assert stands_in(wanted, document(text))


@given(_HAN, _HAN)
def test_what_does_not_stand_in_a_text_is_not_found(text: str, wanted: str) -> None:
    asked = question(wanted)
    assert asked is not None
    assert stands_in(asked, document(text)) == (wanted in text)


@given(_ANY, _ANY)
def test_any_text_gives_a_vector_and_a_question_that_postgresql_can_read(
    text: str, name: str
) -> None:
    vector, asked = document(text, name), question(text)
    assert re.fullmatch(r"(?:'[^'\s]+':\d+(?: |$))*", vector)
    assert asked is None or "''" not in asked


@given(st.from_regex(r"[2-9][0-9]{5,11}", fullmatch=True), st.data())
def test_any_four_digits_in_a_row_find_a_number(number: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(number) - 4))
    end = data.draw(st.integers(start + 4, min(len(number), start + 9)))
    asked = question(number[start:end])
    assert asked is not None
    assert stands_in(asked, document(f"运单号 {number}"))


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("wl", "帮我查物流"),
        ("wlxx", "物流信息一直不更新"),
        ("tkjd", "退款进度在哪里看"),
        ("fp", "发票还没开"),
        ("kt", "空调不制冷"),
        ("cq", "寄到重庆"),
    ],
)
def test_pinyin_initials_find_words(asked: str, text: str) -> None:
    spelt = re.search(r"\((?:'[^']+':\* \| )(.+)\)$", question(asked) or "")
    assert spelt is not None
    ways = re.split(r" \| ", spelt.group(1))
    assert any(stands_in(way, document(text)) for way in ways)


def test_initials_find_a_name_that_is_no_word() -> None:
    assert "~zs" in lexemes(document("", "张三"))
    assert {"~oy", "~oyx"} <= lexemes(document("", "欧阳雪"))


def test_initials_do_not_run_across_punctuation() -> None:
    assert "~tk" not in lexemes(document("退，款"))


@pytest.mark.parametrize("said", ["退貨", "退货", "ＴＶ退货", "TV退货"])
def test_width_case_and_script_make_no_difference(said: str) -> None:
    asked = question(said)
    assert asked is not None
    assert stands_in(asked, document("買了tv退货了"))


def test_a_number_is_whole_or_not() -> None:
    assert whole_number("T20261121-00001") == "'=t2026112100001'"
    assert "=t2026112100001" in lexemes(document("见 T20261121-00001。"))
    assert whole_number("20261121") != whole_number("T20261121-00001")
    assert whole_number("退款 2026") is None
    assert whole_number("abc") is None


def test_hidden_digits_of_a_phone_are_not_found_out() -> None:
    words = lexemes(document("打 19900006021 找我"))
    assert not any("0000" in word for word in words)
    assert stands_in(question("19900006021") or "", document("打 19900006021 找我"))


def test_nothing_to_look_for_is_no_question() -> None:
    assert question(" 。！") is None
    assert document("") == ""
