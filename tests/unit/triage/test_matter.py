"""What all messages of a matter say together: category, nature, priority."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.labelling import labels_of
from triage.matter import LASTING, Correction, Voice, tells, weigh
from triage.packet import MessageLabels
from triage.policy import LabelPolicy

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
POLICY = LabelPolicy(p1_from=0.3, vote_from=0.5)
LOST = labels_of(category="logistics", nature="help")
SERVICE = labels_of(category="service", nature="complaint", impact=3, urgency=3)


def voice(
    labels: MessageLabels, text: str = "快递丢了", at: int = 0, reading: str | None = None
) -> Voice:
    """A message said `at` minutes after noon."""
    return Voice(text, labels, NOON + timedelta(minutes=at), reading)


def by_person(target: str, key: str, at: int) -> Correction:
    return Correction(target, key, key, NOON + timedelta(minutes=at))


def settled(*voices: Voice, corrections: tuple[Correction, ...] = ()) -> MessageLabels:
    found = weigh(voices, corrections, POLICY)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "还是没用，转人工",
        "202611180012345",
        "订单号是 2026 1118 0012 345",
        "这是我的订单号 202611230019876",
        "13900001234",
        "我的手机号：139-2222-0000",
        "SF1234567890123",
        "someone@example.com",
        "转人工，订单号 202611180012345",
    ],
)
def test_a_bare_wish_or_number_tells_nothing(text: str) -> None:
    assert not tells(text)


@pytest.mark.parametrize(
    "text",
    [
        "快递丢了",
        "订单202611180012345丢了",
        "买了3天就坏了",
        "快递丢了转人工",
        "退款",
        "P20 充不上电",
    ],
)
def test_a_message_with_its_matter_tells_something(text: str) -> None:
    assert tells(text)


@pytest.mark.parametrize("reading", ["thank", "affirm", "inform", "answer_not_helpful", "distress"])
def test_what_the_bot_read_as_an_answer_or_chat_tells_nothing(reading: str) -> None:
    assert not tells("好的，就是这样没错", reading)


def test_while_nothing_is_said_there_are_no_labels() -> None:
    assert weigh([], [], POLICY) is None
    assert weigh([voice(SERVICE, "转人工")], [], POLICY) is None


silent = st.one_of(
    st.sampled_from(["转人工", "人工客服", "还是没用，转人工"]).map(lambda text: (text, None)),
    st.from_regex(r"(订单号|手机号)?(是|：)?[1-9][0-9]{10,17}", fullmatch=True).map(
        lambda text: (text, None)
    ),
    st.sampled_from(["thank", "deny", "inform", "none_of_these", "distress"]).map(
        lambda reading: ("就是那样啊", reading)
    ),
)
levels = st.tuples(st.integers(1, 4), st.integers(1, 4))


@given(st.lists(st.tuples(silent, levels, st.floats(0, 1)), max_size=6))
def test_messages_that_tell_nothing_change_neither_category_nor_nature(
    others: list[tuple[tuple[str, str | None], tuple[int, int], float]],
) -> None:
    noise = [
        voice(
            labels_of(
                category="service",
                nature="complaint",
                impact=scales[0],
                urgency=scales[1],
                confidence=sure,
            ),
            text,
            at,
            reading,
        )
        for at, ((text, reading), scales, sure) in enumerate(others, 1)
    ]
    found = settled(voice(LOST), *noise)
    assert (found.category, found.nature) == (LOST.category, LOST.nature)


@given(st.floats(0, 0.49))
def test_a_doubtful_message_gives_way_to_a_sure_one(sure: float) -> None:
    doubtful = labels_of(category="service", nature="complaint", impact=4, confidence=sure)
    found = settled(voice(LOST), voice(doubtful, "你们这样不行", 1))
    assert (found.category.key, found.nature.key) == ("logistics", "help")


def test_when_none_is_sure_the_surest_counts() -> None:
    likely, unlikely = labels_of(confidence=0.4), labels_of(category="service", confidence=0.3)
    assert settled(voice(likely), voice(unlikely, at=1)).category.key == "logistics"


def test_of_two_topics_the_one_that_costs_the_customer_most_counts() -> None:
    costly = labels_of(category="refund", impact=3, urgency=3)
    for order in ((costly, LOST, LOST), (LOST, LOST, costly)):
        assert settled(*map(voice, order)).category.key == "refund"


def test_of_equal_cost_the_better_supported_counts_and_else_the_newest() -> None:
    refund = labels_of(category="refund")
    assert settled(voice(LOST), voice(LOST), voice(refund)).category.key == "logistics"
    assert settled(voice(LOST), voice(refund)).category.key == "refund"


def test_something_unclear_gives_way_to_any_topic() -> None:
    unclear = labels_of(category="other", impact=4, urgency=4)
    assert settled(voice(LOST), voice(unclear)).category.key == "logistics"
    assert settled(voice(unclear)).category.key == "other"


message = st.builds(
    labels_of,
    category=st.sampled_from(["logistics", "refund", "service", "other"]),
    nature=st.sampled_from(["help", "consult", "complaint", "report", "praise"]),
    impact=st.integers(1, 4),
    urgency=st.integers(1, 4),
    confidence=st.floats(0, 1),
)


@given(st.lists(message, min_size=1, max_size=8))
def test_the_priority_is_the_highest_and_only_rises(said: list[MessageLabels]) -> None:
    voices = [voice(labels, at=at) for at, labels in enumerate(said)]
    course = [settled(*voices[:count]).priority.key for count in range(1, len(voices) + 1)]
    assert course == sorted(course, reverse=True)
    assert course[-1] == min(labels.priority.key for labels in said)


@given(st.sampled_from(sorted(LASTING)), st.lists(message, max_size=8))
def test_a_complaint_once_surely_said_lasts(nature: str, later: list[MessageLabels]) -> None:
    first = labels_of(nature=nature, impact=1, urgency=1, confidence=0.5)
    voices = [voice(first), *(voice(labels, at=at) for at, labels in enumerate(later, 1))]
    assert settled(*voices).nature.key in LASTING


@given(st.lists(message, min_size=1, max_size=8), st.integers(0, 8))
def test_a_persons_word_counts_for_good(said: list[MessageLabels], at: int) -> None:
    voices = [voice(labels, at=2 * index) for index, labels in enumerate(said)]
    right = (
        by_person("category", "invoice", 2 * at - 1),
        by_person("nature", "praise", 2 * at - 1),
    )
    found = settled(*voices, corrections=right)
    assert found.category.key == "invoice"
    complained = any(
        labels.nature.key in LASTING and labels.nature.confidence >= POLICY.vote_from
        for labels in said[at:]
    )
    assert (found.nature.key in LASTING) == complained
    assert complained or found.nature.key == "praise"


def test_a_person_lowers_the_priority_until_something_more_urgent_is_said() -> None:
    danger, lower = voice(labels_of(impact=4, urgency=4)), by_person("priority", "P3", 1)
    calm, urgent = labels_of(impact=1, urgency=1), labels_of(impact=3, urgency=3)
    assert settled(danger, corrections=(lower,)).priority.key == "P3"
    assert settled(danger, voice(calm, at=2), corrections=(lower,)).priority.key == "P3"
    assert settled(danger, voice(urgent, at=2), corrections=(lower,)).priority.key == "P2"
