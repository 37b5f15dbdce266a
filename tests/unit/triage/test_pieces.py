"""One thought in several messages: which are understood together, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.human_request import asks_for_person
from triage.pieces import Group, Piece, TakenAlong, Together, Wait, groups, join, plan
from triage.policy import PiecesPolicy, pieces_policy

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
WAIT = timedelta(seconds=1.2)
POLICY = PiecesPolicy(
    wait_seconds={"web": 0, "wechat": 1.2, "other": 0},
    most_pieces=6,
    most_characters=2000,
    whole_sentence=8,
)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def sent(*texts: str, every: float = 0.5) -> list[Piece]:
    return [Piece(text, at(index * every)) for index, text in enumerate(texts)]


def cut(*texts: str) -> list[list[str]]:
    return [
        list(texts[group.first : group.last + 1]) for group in groups(sent(*texts), WAIT, POLICY)
    ]


def test_a_single_message_waits_for_silence_and_is_then_answered() -> None:
    pieces = sent("我昨天买的杯子")
    assert plan(pieces, 0, WAIT, POLICY, at(1.1)) == Wait(at(1.2))
    assert plan(pieces, 0, WAIT, POLICY, at(1.2)) == Together(0)


def test_what_follows_within_the_wait_takes_the_first_along() -> None:
    pieces = sent("我昨天买的杯子", "碎了")
    assert plan(pieces, 0, WAIT, POLICY, at(9)) == TakenAlong()
    assert plan(pieces, 1, WAIT, POLICY, at(1.6)) == Wait(at(1.7))
    assert plan(pieces, 1, WAIT, POLICY, at(1.7)) == Together(0)


def test_all_that_nobody_has_answered_is_joined_however_long_ago_it_came() -> None:
    pieces = sent("我昨天买的杯子", "碎了", every=60)
    assert plan(pieces, 1, WAIT, POLICY, at(100)) == Together(0)


@pytest.mark.parametrize(
    "text",
    ["转人工", "退货运费由谁承担？", "退货运费由谁承担?", "昨天买的杯子碎了。", "human"],
)
def test_a_first_message_that_says_all_is_answered_at_once(text: str) -> None:
    assert groups(sent(text), WAIT, POLICY) == [Group(0, 0, START)]


@pytest.mark.parametrize(
    "text",
    ["在吗？", "你好。", "昨天买的杯子碎了", "昨天买的那个杯子...", "昨天买的那个杯子。。。", ""],
)
def test_a_first_message_that_may_go_on_waits(text: str) -> None:
    assert groups(sent(text), WAIT, POLICY) == [Group(0, 0, START + WAIT)]


@pytest.mark.parametrize(
    ("text", "sure", "due"),
    [
        ("查物流", True, START),
        ("查物流", None, START + WAIT),
        ("退货运费由谁承担？", False, START + WAIT),
    ],
)
def test_who_knows_better_overrules_the_look_of_a_message(
    text: str, sure: bool | None, due: datetime
) -> None:
    assert groups([Piece(text, START, sure)], WAIT, POLICY) == [Group(0, 0, due)]


def test_a_wish_for_a_person_is_never_kept_waiting() -> None:
    pieces = sent("我的包裹", "一直没到", "转人工", "快点")
    found = groups(pieces, WAIT, POLICY)
    assert [(group.first, group.last) for group in found] == [(0, 2), (3, 3)]
    assert found[0].due_at == pieces[2].sent_at


def test_a_question_mark_later_on_does_not_end_the_wait() -> None:
    assert cut("你好", "我的包裹到哪里去了？") == [["你好", "我的包裹到哪里去了？"]]


def test_so_many_pieces_are_answered_at_once_and_the_next_begin_anew() -> None:
    pieces = sent(*"一二三四五六七八")
    first, second = groups(pieces, WAIT, POLICY)
    assert first == Group(0, 5, pieces[5].sent_at)
    assert second == Group(6, 7, pieces[7].sent_at + WAIT)


def test_what_would_be_too_long_for_the_bot_begins_anew() -> None:
    assert [len(group) for group in cut("长" * 1500, "长" * 499, "长")] == [2, 1]
    assert [len(group) for group in cut("长" * 1500, "长" * 500)] == [1, 1]


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (["我的杯子"], "我的杯子"),
        (["我的杯子", "碎了"], "我的杯子，碎了"),
        (["你好！", "在吗？", "杯子碎了"], "你好！ 在吗？ 杯子碎了"),
        (["202611180012345", "13912345678"], "202611180012345，13912345678"),
        (["😀", "好"], "😀 好"),
    ],
)
def test_pieces_are_joined_as_people_would_write_them(texts: list[str], joined: str) -> None:
    assert join(texts) == joined


def test_channels_without_a_figure_never_wait() -> None:
    assert POLICY.wait("wechat") == WAIT
    assert not POLICY.wait("web")
    assert not POLICY.wait("a new one")
    assert not replace(POLICY, wait_seconds={}).wait("wechat")


def test_the_shipped_policy_waits_on_wechat_and_never_on_the_web() -> None:
    shipped = pieces_policy()
    assert not shipped.wait("web")
    assert shipped.wait("wechat") == WAIT
    assert (shipped.most_pieces, shipped.most_characters) == (6, 2000)


TEXTS = st.one_of(
    st.text(min_size=1, max_size=30),
    st.sampled_from(["转人工", "我的包裹到哪里去了？", "长" * 1200, "好。"]),
)
THOUGHTS = st.lists(
    st.builds(Piece, TEXTS, st.integers(0, 60).map(at), st.sampled_from([None, True, False])),
    min_size=1,
    max_size=20,
).map(lambda pieces: sorted(pieces, key=lambda piece: piece.sent_at))


@given(THOUGHTS)
def test_every_piece_is_in_exactly_one_group_in_order_and_within_the_limits(
    pieces: list[Piece],
) -> None:
    found = groups(pieces, WAIT, POLICY)
    assert [index for group in found for index in range(group.first, group.last + 1)] == list(
        range(len(pieces))
    )
    for group in found:
        texts = [piece.text for piece in pieces[group.first : group.last + 1]]
        assert len(texts) <= POLICY.most_pieces
        assert len(texts) == 1 or len(join(texts)) <= POLICY.most_characters
        assert all(text in join(texts) for text in texts)


@given(THOUGHTS, st.integers(0, 70).map(at))
def test_one_turn_of_a_group_answers_and_the_others_are_taken_along(
    pieces: list[Piece], now: datetime
) -> None:
    plans = [plan(pieces, own, WAIT, POLICY, now) for own in range(len(pieces))]
    for group in groups(pieces, WAIT, POLICY):
        *others, last = plans[group.first : group.last + 1]
        assert all(other == TakenAlong() for other in others)
        if now < group.due_at:
            assert last == Wait(group.due_at)
        elif group.first == 0 or asks_for_person(pieces[group.last].text):
            assert last == Together(group.first)
        else:
            assert last == Wait(now + WAIT), "an earlier thought goes first"


@given(THOUGHTS)
def test_nobody_waits_longer_than_the_silence_after_the_last_message(pieces: list[Piece]) -> None:
    last = pieces[-1].sent_at + WAIT
    assert all(group.due_at <= last for group in groups(pieces, WAIT, POLICY))


@given(THOUGHTS)
def test_what_comes_later_never_changes_a_group_that_is_due_already(pieces: list[Piece]) -> None:
    """Its turn may be under way when the next message arrives."""
    before = groups(pieces[:-1], WAIT, POLICY)
    after = groups(pieces, WAIT, POLICY)
    ended = [group for group in before if group.due_at < pieces[group.last].sent_at + WAIT]
    assert after[: len(ended)] == ended
