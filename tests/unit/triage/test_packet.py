"""The summary an agent reads first, the weightiest labels, the mood's trend."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.support.labelling import labels_of
from triage.packet import (
    Line,
    Mood,
    Reason,
    Slot,
    Tried,
    sentiment_trend,
    summarise,
    weightiest,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ASKED = Reason("customer_asked", "客户要求人工")


def line(seq: int, text: str, author: str = "customer") -> Line:
    return Line(seq, author, text, NOON)


def answer(question: str, *, rejected: bool = False, kind: str = "answer") -> Tried:
    return Tried(kind, "key", question, "答案", 1, rejected)


def test_a_summary_says_what_is_wrong_known_tried_and_wanted() -> None:
    text = summarise(
        ASKED,
        [line(1, "洗衣机漏水"), line(2, "请断电", "bot"), line(3, "转人工")],
        labels_of(category="quality", nature="help", impact=2, urgency=4),
        [Slot("order_number", "订单号", "YS2026001")],
        [answer("洗衣机漏水怎么办", rejected=True)],
        [1],
    )
    assert text == (
        "quality·help（P2）。客户说：“洗衣机漏水”。已知：订单号 YS2026001。"
        "机器人已回答《洗衣机漏水怎么办》（客户表示没用）。转接原因：客户要求人工。"
    )


def test_a_customer_who_only_asked_for_a_person_has_not_said_the_matter() -> None:
    labels = labels_of()
    text = summarise(ASKED, [line(1, "转人工")], labels, [], [], [])
    assert text == "客户还没有说明问题。转接原因：客户要求人工。"


def test_only_the_last_three_messages_of_the_customer_are_quoted() -> None:
    lines = [line(seq, f"第{seq}句") for seq in range(1, 6)]
    text = summarise(ASKED, lines, None, [], [], [1, 2, 3, 4, 5])
    assert "“第3句”；“第4句”；“第5句”" in text
    assert "第2句" not in text


def test_suggestions_are_not_counted_as_answers() -> None:
    text = summarise(ASKED, [], None, [], [answer("怎么退款", kind="suggestions")], [])
    assert "机器人已回答" not in text


@given(st.text(min_size=1, max_size=3000))
def test_a_long_message_is_shortened_to_a_line(said: str) -> None:
    text = summarise(ASKED, [line(1, said)], None, [], [], [1])
    assert len(text) < 120
    assert len(text.splitlines()) == 1


def test_nothing_labelled_means_no_labels() -> None:
    assert weightiest([]) is None


def test_the_highest_priority_stands_for_the_conversation() -> None:
    urgent, calm = labels_of(impact=4, urgency=4), labels_of(impact=1, urgency=1)
    assert weightiest([(1, urgent), (2, calm)]) is urgent
    assert weightiest([(1, calm), (2, urgent)]) is urgent


def test_among_equal_priorities_the_newest_counts() -> None:
    older, newer = labels_of(category="order"), labels_of(category="refund")
    assert weightiest([(1, older), (5, newer)]) is newer
    assert weightiest([(5, newer), (1, older)]) is newer


pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))


@given(st.lists(pairs, min_size=1, max_size=8))
def test_no_message_weighs_more_than_the_weightiest(levels: list[tuple[int, int]]) -> None:
    labelled = [
        (seq, labels_of(impact=impact, urgency=urgency))
        for seq, (impact, urgency) in enumerate(levels)
    ]
    chosen = weightiest(labelled)
    assert chosen is not None
    assert chosen.priority.key == min(labels.priority.key for _, labels in labelled)


def test_the_mood_is_neutral_when_nothing_was_said() -> None:
    trend = sentiment_trend([])
    assert (trend.current, trend.anger, trend.trend) == ("neutral", False, ())


def test_anger_at_any_time_is_remembered() -> None:
    moods = [Mood(1, "neutral", False), Mood(2, "negative", True), Mood(3, "positive", False)]
    trend = sentiment_trend(moods)
    assert (trend.current, trend.anger, trend.trend) == ("positive", True, tuple(moods))
