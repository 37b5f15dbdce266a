"""Cutting and packing what is sent: no character is cut, nothing is lost, nothing is too long."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.assistant import Button
from api.channels.interface import File, Outgoing, Share
from api.channels.wechat.parts import MenuRules, Piece, Rules, numbered, pieces, size, split

MENU = MenuRules(items=10, item_bytes=128, head_bytes=1024)
RULES = Rules(longest_bytes=1800, menu=MENU)
TINY = Rules(longest_bytes=60, menu=MenuRules(items=2, item_bytes=12, head_bytes=40))
PICTURE = File(UUID(int=99), "杯子.jpg", "image/jpeg", "0" * 64)
FAMILY = "👨‍👩‍👧‍👦"


def said(number: int, text: str, *buttons: str, files: int = 0, start: int = 0) -> Outgoing:
    return Outgoing(
        message_id=UUID(int=number),
        author="bot",
        kind="text",
        text=text,
        buttons=[Button(title=title, text=title) for title in buttons],
        files=[PICTURE] * files,
        start=start,
    )


def test_a_short_text_is_one_call() -> None:
    (piece,) = pieces([said(1, "您好")], 5, RULES)
    assert (piece.text, piece.menu, piece.file) == ("您好", None, None)
    (share,) = piece.shares
    assert (share.start, share.end, share.total) == (0, 2, 2)


def test_a_long_text_is_cut_after_sentences() -> None:
    sentence = "退货运费由责任方承担。"
    found = split(sentence * 100, 1800)
    assert len(found) == 2
    assert all(part.endswith("。") for part in found)
    assert "".join(found) == sentence * 100


def test_a_quotation_is_not_torn_from_its_end() -> None:
    text = "字" * 12 + "他说：「好的。」" + "字" * 30
    first, *_ = split(text, 60)
    assert first.endswith("」")


def test_a_sentence_that_is_too_long_is_cut_after_a_clause_and_else_anywhere() -> None:
    assert split("字" * 15 + "，" + "字" * 30, 60)[0] == "字" * 15 + "，"
    assert split("字" * 30, 60) == ["字" * 20, "字" * 10]


@pytest.mark.parametrize("sign", [FAMILY, "🇨🇳", "👍🏽", "e\u0301", "1\ufe0f\u20e3"])
def test_what_is_seen_as_one_character_stays_whole(sign: str) -> None:
    for before in range(10):
        parts = split("a" * before + sign * 12, 60)
        assert "".join(parts) == "a" * before + sign * 12
        assert all(part.count(sign) * len(sign) == len(part.lstrip("a")) for part in parts)


@given(st.text(max_size=400), st.integers(4, 100))
def test_cut_texts_are_short_enough_and_join_back(text: str, longest: int) -> None:
    found = split(text, longest)
    assert "".join(found) == text
    assert all(part and size(part) <= longest for part in found)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=2000))
def test_no_call_is_longer_than_1800_bytes_of_real_utf_8(text: str) -> None:
    for part in split(text, 1800):
        assert len(part.encode()) <= 1800


def test_buttons_are_a_menu_where_they_fit() -> None:
    (piece,) = pieces([said(1, "请选择", "查物流", "退款")], 5, RULES)
    assert [button.title for button in piece.buttons] == ["查物流", "退款"]
    assert piece.shares[0].end == piece.shares[0].total == 4


def test_buttons_that_do_not_fit_a_menu_can_be_answered_with_a_number() -> None:
    names = [f"第 {number} 项" for number in range(1, 12)]
    (piece,) = pieces([said(1, "请选择", *names)], 5, RULES)
    assert piece.menu is None
    assert piece.text.startswith("请选择\n\n回复数字即可选择：\n1. 第 1 项\n")
    assert piece.text.endswith("11. 第 11 项")


def test_several_replies_are_packed_when_few_calls_are_left() -> None:
    replies = [said(1, "第一句。"), said(2, "第二句。"), said(3, "还有吗？", "有", "没有")]
    assert len(pieces(replies, 3, RULES)) == 3
    (piece,) = pieces(replies, 2, RULES)
    assert piece.text == "第一句。\n\n第二句。\n\n还有吗？"
    assert [button.title for button in piece.buttons] == ["有", "没有"]
    assert [share.message_id.int for share in piece.shares] == [1, 2, 3]


def test_a_menu_that_something_follows_says_what_can_be_answered() -> None:
    (piece,) = pieces([said(1, "请选择", "查物流", "退款"), said(2, "稍等")], 1, RULES)
    assert piece.text == "请选择\n您可以回复：查物流、退款\n\n稍等"
    assert piece.menu is None


def test_what_does_not_fit_in_one_call_is_not_packed() -> None:
    found = pieces([said(1, "字" * 500 + "。"), said(2, "字" * 500 + "。")], 1, RULES)
    assert len(found) == 2


def test_files_are_calls_of_their_own_after_the_text() -> None:
    found = pieces([said(1, "看图", files=2), said(2, "好")], 1, RULES)
    assert [(piece.text, piece.file is not None) for piece in found] == [
        *(("看图", False), ("", True), ("", True), ("好", False)),
    ]
    assert [piece.shares[0].end for piece in found] == [2, 3, 4, 1]


@pytest.mark.parametrize("start", range(7))
def test_a_message_goes_on_where_it_was_left(start: int) -> None:
    message = said(1, "请选择", "甲", "乙", files=2, start=start)
    found = pieces([message], None, RULES)
    places = [place for piece in found for share in piece.shares for place in _range(share)]
    assert places == list(range(start, 6))


def test_the_menu_that_was_left_goes_out_alone() -> None:
    (piece,) = pieces([said(1, "请选择", "甲", "乙", start=3)], None, RULES)
    assert piece.text == numbered(said(1, "", "甲", "乙").buttons, "zh")


TITLES = st.text("甲乙丙丁", min_size=1, max_size=5)
MESSAGES = st.lists(
    st.tuples(st.text("好的。，\n 字a😀", min_size=1, max_size=60), st.lists(TITLES, max_size=3)),
    min_size=1,
    max_size=6,
).map(lambda drawn: [said(number, text, *titles) for number, (text, titles) in enumerate(drawn, 1)])


@given(MESSAGES, st.none() | st.integers(1, 8))
def test_every_word_of_every_message_is_said_once_in_order(
    messages: list[Outgoing], calls: int | None
) -> None:
    found = pieces(messages, calls, TINY)
    places = [
        (share.message_id, place)
        for piece in found
        for share in piece.shares
        for place in _range(share)
    ]
    assert places == [
        (message.message_id, place)
        for message in messages
        for place in range(len(message.text) + bool(message.buttons))
    ]
    assert all(size(piece.text) <= TINY.longest_bytes for piece in found)


@given(MESSAGES, st.integers(1, 8))
def test_packing_never_needs_more_calls(messages: list[Outgoing], calls: int) -> None:
    assert len(pieces(messages, calls, TINY)) <= len(pieces(messages, None, TINY))


@given(MESSAGES, st.integers(1, 8))
def test_plain_texts_are_packed_word_for_word(messages: list[Outgoing], calls: int) -> None:
    plain = [said(message.message_id.int, message.text) for message in messages]
    texts = {message.message_id: message.text for message in plain}
    for piece in pieces(plain, calls, TINY):
        assert piece.text == _joined(piece, texts)


def _range(share: Share) -> range:
    return range(share.start, share.end)


def _joined(piece: Piece, texts: dict[UUID, str]) -> str:
    return "\n\n".join(texts[share.message_id][share.start : share.end] for share in piece.shares)
