"""Reading Rasa's tracker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from actions.conversation import Mark, Scored, UnreadableConversation, read_conversation


@dataclass
class Tracker:
    events: list[dict[str, Any]]
    sender_id: str = "c1"
    slots: dict[str, Any] = field(default_factory=dict)
    active_loop: dict[str, Any] = field(default_factory=dict)


def user(text: str, **parsed: Any) -> dict[str, Any]:
    return {
        "event": "user",
        "text": text,
        "parse_data": parsed,
        "metadata": {"message_id": f"id of {text}"},
    }


def bot(**custom: Any) -> dict[str, Any]:
    return {"event": "bot", "text": "…", "data": {"custom": custom or None}}


def test_turns_begin_with_customer_messages() -> None:
    tracker = Tracker([{"event": "session_started"}, user("一"), bot(), user("二"), bot()])
    conversation = read_conversation(tracker)
    assert [turn.text for turn in conversation.turns] == ["一", "二"]
    assert conversation.turn.message_id == "id of 二"


def test_without_a_customer_message_there_is_nothing_to_act_on() -> None:
    with pytest.raises(UnreadableConversation):
        read_conversation(Tracker([{"event": "session_started"}]))


def test_the_bots_marks_tell_what_happened_in_the_turn_before() -> None:
    tracker = Tracker(
        [
            user("一"),
            bot(outcome="suggestions", suggestions=["a", "b"]),
            bot(),
            user("二"),
        ]
    )
    conversation = read_conversation(tracker)
    assert conversation.earlier == (Mark("suggestions", suggestions=("a", "b")),)
    assert conversation.suggested == ("a", "b")
    assert conversation.offer is None


def test_an_offer_counts_for_the_next_turn_only() -> None:
    events = [user("一"), bot(outcome="fallback", offer="bot_failed"), user("二"), bot()]
    assert read_conversation(Tracker(events)).offer == "bot_failed"
    assert read_conversation(Tracker([*events, user("三")])).offer is None


def test_the_turn_that_gave_an_answer_is_found() -> None:
    tracker = Tracker(
        [
            user("怎么退货", faq_decision={"verdict": "answer", "offer": ["a", "b"]}),
            bot(outcome="faq", answers=[{"key": "a", "score": 0.9}]),
            user("没用"),
        ]
    )
    conversation = read_conversation(tracker)
    found = conversation.turn_answered_with("a")
    assert found is not None
    assert found.offered_keys == ("a", "b")
    assert found.marks[0].answers == (Scored("a", 0.9),)
    assert conversation.turn_answered_with("b") is None


def test_what_the_pipeline_did_not_say_is_empty() -> None:
    turn = read_conversation(Tracker([user("一")])).turn
    assert turn.intent == ""
    assert turn.ranking == ()
    assert turn.verdict == "none"
    assert list(turn.entities) == []


def test_without_the_desks_id_rasas_own_is_taken() -> None:
    event = {"event": "user", "text": "一", "message_id": "rasa-1"}
    assert read_conversation(Tracker([event])).turn.message_id == "rasa-1"
