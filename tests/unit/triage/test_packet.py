"""The summary an agent reads first, and the mood's trend."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.support.labelling import labels_of
from triage.packet import (
    Customer,
    EarlierHop,
    Intent,
    Matter,
    Mood,
    OpenTicket,
    Reason,
    Slot,
    Tried,
    sentiment_trend,
    summarise,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ASKED = Reason("customer_asked", "客户要求人工")


def answer(question: str, *, rejected: bool = False, kind: str = "answer") -> Tried:
    return Tried(kind, "key", question, "答案", 1, rejected)


def hop(note: str | None, source: str = "小云") -> EarlierHop:
    return EarlierHop(1, source, "人工队列", "客服转接", note, NOON)


def customer(verified_at: datetime | None, tickets: list[OpenTicket]) -> Customer:
    return Customer("1", "李先生", "standard", "web", 1, tuple(tickets), verified_at)


def test_a_summary_says_in_four_lines_what_a_hurried_agent_needs() -> None:
    text = summarise(
        Matter(
            ASKED,
            ["洗衣机漏水"],
            labels_of(category="quality", nature="help", impact=2, urgency=4),
            Intent("request_repair", "报修", 0.9, ()),
            [Slot("order_number", "订单号", "YS2026001")],
            [answer("洗衣机漏水怎么办", rejected=True)],
            [hop("已让客户断电", source="小云"), hop(None)],
            customer(verified_at=NOON, tickets=[OpenTicket("T1", "quality", "open", "漏水")]),
        )
    )
    assert text.splitlines() == [
        "问题：quality·help（P2）；“洗衣机漏水”",
        "已尝试：《洗衣机漏水怎么办》（客户表示没用）",
        "已知：订单号 YS2026001；已验证身份；未结工单 T1；小云备注：已让客户断电",
        "诉求：报修；客户要求人工",
    ]


def test_a_customer_who_only_asked_for_a_person_has_not_said_the_matter() -> None:
    intent = Intent("ask_human", "要求人工", 0.9, ())
    text = summarise(Matter(ASKED, (), labels_of(), intent))
    assert text.splitlines() == [
        "问题：客户还没有说明问题",
        "已尝试：还没有给过答案",
        "已知：暂无",
        "诉求：客户要求人工",
    ]


def test_that_somebody_was_given_the_conversation_is_no_wish_of_the_customer() -> None:
    lines = summarise(Matter(None, ["洗衣机漏水"])).splitlines()
    assert lines[3] == "诉求：未说明"


def test_only_the_last_three_messages_of_the_customer_are_quoted() -> None:
    text = summarise(Matter(ASKED, [f"第{seq}句" for seq in range(1, 6)]))
    assert "“第3句”“第4句”“第5句”" in text
    assert "第2句" not in text


def test_suggestions_are_not_counted_as_answers() -> None:
    text = summarise(Matter(ASKED, tried=[answer("怎么退款", kind="suggestions")]))
    assert "已尝试：还没有给过答案" in text


@given(st.text(min_size=1, max_size=3000), st.text(min_size=1, max_size=3000))
def test_whatever_was_said_or_noted_stays_in_its_line(said: str, noted: str) -> None:
    text = summarise(Matter(ASKED, [said], hops=[hop(noted)]))
    lines = text.splitlines()
    assert [line[:2] for line in lines] == ["问题", "已尝", "已知", "诉求"]
    assert all(len(line) < 120 for line in lines)


def test_the_mood_is_neutral_when_nothing_was_said() -> None:
    trend = sentiment_trend([])
    assert (trend.current, trend.anger, trend.trend) == ("neutral", False, ())


def test_anger_at_any_time_is_remembered() -> None:
    moods = [Mood(1, "neutral", False), Mood(2, "negative", True), Mood(3, "positive", False)]
    trend = sentiment_trend(moods)
    assert (trend.current, trend.anger, trend.trend) == ("positive", True, tuple(moods))
