"""The form, one message at a time, without Rasa and without a desk."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from actions.conversation import Conversation, Turn
from actions.settings import Policy
from actions.ticket_form import LONGEST_ISSUE, Step, take_down

POLICY = Policy()
FORM = "ticket_form"


@dataclass(frozen=True)
class Message:
    """A customer message as the pipeline understood it."""

    text: str
    intent: str = "nlu_fallback"
    verdict: str = "none"
    score: float = 0.0
    entities: tuple[tuple[str, str], ...] = ()
    after: tuple[dict[str, Any], ...] = ()
    slots: dict[str, Any] = field(default_factory=dict)

    def conversation(self) -> Conversation:
        parsed = {
            "intent": {"name": self.intent},
            "faq_ranking": [{"key": "k", "score": self.score}],
            "faq_decision": {"verdict": self.verdict, "offer": ["k"]},
            "entities": [
                {
                    "entity": name,
                    "value": value,
                    "start": self.text.find(value),
                    "end": self.text.find(value) + len(value),
                }
                for name, value in self.entities
            ],
        }
        user = {"event": "user", "text": self.text, "parse_data": parsed, "metadata": {}}
        return Conversation("c", (Turn((user, *self.after)),), self.slots, FORM)


STARTED = ({"event": "active_loop", "name": FORM},)
REJECTED = ({"event": "action_execution_rejected", "name": FORM},)


def step(message: Message, **slots: Any) -> Step:
    return take_down(
        replace(message, slots={**message.slots, **slots}).conversation(), FORM, POLICY
    )


def test_a_bare_wish_asks_what_happened() -> None:
    assert step(Message("我要登记", "open_ticket", after=STARTED)).requested == "issue"


def test_a_story_in_the_wish_is_the_issue() -> None:
    taken = step(Message("帮我登记，我的洗衣机漏水了", "open_ticket", after=STARTED))
    assert taken.slots["issue"] == "帮我登记，我的洗衣机漏水了"
    assert taken.requested == "order_number"


def test_what_was_said_before_is_not_asked_again() -> None:
    taken = step(
        Message("帮我登记，我的洗衣机漏水了", "open_ticket", after=STARTED),
        order_number="202611180012345",
        contact="13800138000",
    )
    assert taken.requested is None


def test_after_a_rejected_answer_its_question_is_the_issue() -> None:
    offered = {
        "event": "bot",
        "data": {"custom": {"outcome": "fallback", "offer": "answer_rejected"}},
    }
    message = Message("留言登记", "open_ticket", after=STARTED).conversation()
    before = Turn(({"event": "user", "text": "没用"}, offered))
    conversation = replace(
        message, turns=(before, *message.turns), slots={"last_question": "怎么退货"}
    )
    taken = take_down(conversation, FORM, POLICY)
    assert taken.slots["issue"] == "怎么退货"


def test_a_second_ticket_starts_with_a_clean_sheet_but_keeps_the_contact() -> None:
    taken = step(
        Message("我还要登记", "open_ticket", after=STARTED),
        ticket_filed=True,
        issue="旧的",
        order_number="202611180012345",
        contact="13800138000",
    )
    assert taken.slots["issue"] is None
    assert taken.slots["order_number"] is None
    assert taken.requested == "issue"
    assert "contact" not in taken.slots


def test_a_second_ticket_takes_the_order_number_of_its_own_message() -> None:
    number = "202611180099999"
    message = Message(
        f"再登记一个，灯也坏了不亮，订单{number}",
        "open_ticket",
        entities=(("order_number", number),),
        after=STARTED,
    )
    taken = step(message, ticket_filed=True, issue="旧的", order_number=number, contact="x")
    assert taken.requested is None
    assert taken.slots["order_number"] == number


@pytest.mark.parametrize(
    "message",
    [
        Message("转人工", "ask_human"),
        Message("算了不弄了", "stop"),
        Message("再见", "goodbye"),
        Message("你好", "greet"),
        Message("退款多久到账", "faq", "answer", 1.0),
        Message("你们几点下班", "faq", "answer", 0.9),
        Message("我要投诉", "complain"),
    ],
)
@pytest.mark.parametrize("requested", ["issue", "order_number", "contact"])
def test_what_is_not_for_the_form_is_passed_on(message: Message, requested: str) -> None:
    taken = step(message, requested_slot=requested)
    assert taken.passed
    assert not taken.slots


@pytest.mark.parametrize(
    "message",
    [
        Message("我买的手机屏幕碎了想退", "faq", "answer", 0.9),
        Message("客服一直不理人，我要投诉你们", "complain"),
        Message("今天天气不好所以没有送到", "out_of_scope"),
        Message("我不想要了所以取消了可是还是发货了", "stop"),
    ],
)
def test_a_story_is_the_issue_whatever_it_looks_like(message: Message) -> None:
    taken = step(message, requested_slot="issue")
    assert taken.slots["issue"] == message.text
    assert taken.requested == "order_number"


def test_too_short_a_story_is_asked_for_again() -> None:
    taken = step(Message("坏了"), requested_slot="issue")
    assert taken.requested == "issue"
    assert taken.slots["form_hint"] == "too_short"


def test_a_number_alone_is_no_story() -> None:
    number = "202611180012345"
    message = Message(number, "inform", entities=(("order_number", number),))
    taken = step(message, requested_slot="issue", order_number=number)
    assert taken.requested == "issue"
    assert "issue" not in taken.slots


def test_after_a_question_in_between_the_form_goes_on() -> None:
    message = Message("退款多久到账", "faq", "answer", 1.0, after=REJECTED)
    taken = step(message, requested_slot="order_number", issue="坏了")
    assert taken.requested == "order_number"
    assert taken.slots["form_hint"] == "again"


@pytest.mark.parametrize("text", ["没有", "不记得了", "没有订单号"])
def test_the_order_number_may_be_skipped(text: str) -> None:
    taken = step(Message(text, "deny"), requested_slot="order_number", issue="坏了")
    assert taken.slots["skipped_slots"] == ["order_number"]
    assert taken.requested == "contact"


def test_an_unreadable_order_number_is_asked_for_with_help() -> None:
    taken = step(Message("12345", "inform"), requested_slot="order_number", issue="坏了")
    assert taken.slots["form_hint"] == "unreadable"
    assert taken.slots["attempts"] == 1


def test_more_of_the_story_is_noted_not_lost() -> None:
    taken = step(
        Message("而且客服一直不理我", "complain"), requested_slot="order_number", issue="坏了"
    )
    assert taken.slots["issue"] == "坏了\n而且客服一直不理我"
    assert taken.slots["form_hint"] == "noted"


def test_nobody_is_asked_for_the_order_number_for_ever() -> None:
    taken = step(Message("12345"), requested_slot="order_number", issue="坏了", attempts=2)
    assert taken.requested == "contact"
    assert taken.slots["attempts"] == 0


def test_a_phone_instead_of_the_order_number_is_taken_and_the_question_stays() -> None:
    phone = "13800138000"
    message = Message(phone, "inform", entities=(("phone", phone),))
    taken = step(message, requested_slot="order_number", issue="坏了", contact=phone)
    assert taken.requested == "order_number"


def test_the_contact_may_be_skipped_when_it_was_asked_for_twice() -> None:
    asked: dict[str, Any] = {
        "requested_slot": "contact",
        "issue": "坏了",
        "skipped_slots": ["order_number"],
    }
    first = step(Message("不方便", "deny"), **asked)
    assert first.requested == "contact"
    assert first.slots["form_hint"] == "wanted"
    second = step(Message("不方便", "deny"), **asked, attempts=first.slots["attempts"])
    assert second.requested is None
    assert second.slots["skipped_slots"] == ["order_number", "contact"]


@pytest.mark.parametrize(
    ("text", "entity"),
    [("13800138000", "phone"), ("a@b.example", "email"), ("abc_123", "wechat")],
)
def test_every_kind_of_contact_is_taken(text: str, entity: str) -> None:
    message = Message(text, entities=((entity, text),))
    taken = step(
        message,
        requested_slot="contact",
        issue="坏了",
        contact=text,
        skipped_slots=["order_number"],
    )
    assert taken.requested is None


def test_a_wechat_id_alone_is_a_contact_when_one_was_asked_for() -> None:
    taken = step(
        Message("wxid_9988"),
        requested_slot="contact",
        issue="坏了",
        skipped_slots=["order_number"],
    )
    assert taken.slots["contact"] == "wxid_9988"
    assert taken.requested is None


def test_a_wrong_phone_number_gets_a_helpful_sentence() -> None:
    taken = step(
        Message("1380013"), requested_slot="contact", issue="坏了", skipped_slots=["order_number"]
    )
    assert taken.requested == "contact"
    assert taken.slots["form_hint"] == "unreadable"


def test_an_endless_story_is_cut() -> None:
    taken = step(Message("很" * 1900), requested_slot="order_number", issue="坏" * 1900)
    assert len(taken.slots["issue"]) == LONGEST_ISSUE


def test_progress_in_the_form_is_an_understood_turn() -> None:
    taken = step(Message("收到的杯子碎了"), requested_slot="issue", unclear_turns=1)
    assert taken.slots["unclear_turns"] == 0
