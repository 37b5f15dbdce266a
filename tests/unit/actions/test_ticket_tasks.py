"""Tickets and complaints: the story, an order number and a contact, both of which may be missing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.actions.talking import KNOWN, Talk

ORDER = "202611180012345"
PHONE = "13800138000"


@pytest.fixture
def talk() -> Talk:
    return Talk()


def started(talk: Talk) -> Talk:
    talk.say("我要登记", "open_ticket")
    return talk


def told(talk: Talk) -> Talk:
    started(talk).say("收到的电饭煲开不了机")
    return talk


def ticket(talk: Talk) -> Any:
    (opened,) = talk.gateway.tickets.values()
    return opened


def test_a_bare_wish_asks_what_happened(talk: Talk) -> None:
    assert talk.say("我要登记", "open_ticket") == ["utter_ask_ticket_issue"]


def test_a_story_in_the_wish_is_the_issue(talk: Talk) -> None:
    first = talk.say("帮我登记，我的洗衣机漏水了", "open_ticket")
    assert first == ["utter_ask_ticket_order_number"]
    assert talk.slots["issue"] == "帮我登记，我的洗衣机漏水了"


def test_what_was_said_before_is_not_asked_again(talk: Talk) -> None:
    talk.say(f"我的订单{ORDER}，电话{PHONE}")
    assert talk.say("帮我登记，我的洗衣机漏水了", "open_ticket") == ["utter_ticket_opened"]
    assert (ticket(talk).order_number, ticket(talk).contact) == (ORDER, PHONE)


def test_after_a_rejected_answer_its_question_is_the_issue(talk: Talk) -> None:
    talk.slots["last_question"] = "怎么退货"
    talk.say("没用", "answer_not_helpful")
    talk.events.append(
        {"event": "bot", "data": {"custom": {"outcome": "fallback", "offer": "answer_rejected"}}}
    )
    talk.say("留言登记", "open_ticket")
    assert talk.slots["issue"] == "怎么退货"


def test_a_second_ticket_starts_with_a_clean_sheet_but_keeps_the_contact(talk: Talk) -> None:
    talk.say(f"帮我登记，我的洗衣机漏水了，订单{ORDER}，电话{PHONE}", "open_ticket")
    assert talk.say("我还要登记", "open_ticket") == ["utter_ask_ticket_issue"]
    assert talk.say("另外台灯也不亮了") == ["utter_ask_ticket_order_number"]
    assert talk.say("202611180099999") == ["utter_ticket_opened"]
    second = list(talk.gateway.tickets.values())[1]
    assert (second.order_number, second.contact) == ("202611180099999", PHONE)
    assert second.description == "另外台灯也不亮了"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我买的手机屏幕碎了想退", "faq"),
        ("客服一直不理人，我要投诉你们", "complain"),
        ("今天天气不好所以没有送到", "out_of_scope"),
        ("我不想要了所以取消了可是还是发货了", "stop"),
        ("收到货是坏的，我要退货", "request_return"),
    ],
)
def test_a_story_is_the_issue_whatever_it_looks_like(talk: Talk, text: str, intent: str) -> None:
    assert started(talk).say(text, intent) == ["utter_ask_ticket_order_number"]
    assert talk.slots["issue"] == text


def test_too_short_a_story_is_asked_for_again(talk: Talk) -> None:
    assert started(talk).say("坏了", "nlu_fallback") == ["utter_ask_issue_too_short"]


def test_a_number_alone_is_no_story(talk: Talk) -> None:
    assert started(talk).say(ORDER) == ["utter_ask_ticket_issue"]
    assert talk.say("收到的电饭煲开不了机") == ["utter_ask_ticket_contact"]


def test_a_question_in_between(talk: Talk) -> None:
    assert told(talk).say(KNOWN) == ["三天内。", "utter_ask_ticket_order_number"]


@pytest.mark.parametrize("text", ["没有", "不记得了", "没有订单号"])
def test_the_order_number_may_be_skipped(talk: Talk, text: str) -> None:
    assert told(talk).say(text, "deny") == ["utter_ask_ticket_contact"]


def test_an_unreadable_order_number_is_asked_for_with_help(talk: Talk) -> None:
    assert told(talk).say("12345") == ["utter_ask_ticket_order_number_unreadable"]


def test_more_of_the_story_is_noted_not_lost(talk: Talk) -> None:
    more = told(talk).say("而且客服一直不理我", "complain")
    assert more == ["utter_ask_ticket_order_number_noted"]
    assert talk.slots["issue"] == "收到的电饭煲开不了机\n而且客服一直不理我"


def test_nobody_is_asked_for_the_order_number_for_ever(talk: Talk) -> None:
    told(talk)
    assert [talk.say("12345")[0] for _ in range(3)][-1] == "utter_ask_ticket_contact"


def test_a_phone_instead_of_the_order_number_is_taken_and_the_question_stays(talk: Talk) -> None:
    assert told(talk).say(PHONE) == ["utter_ask_ticket_order_number"]
    assert talk.say("没有", "deny") == ["utter_ticket_opened"]


def test_the_contact_may_be_skipped_when_it_was_asked_for_twice(talk: Talk) -> None:
    told(talk).say("没有订单号", "deny")
    assert talk.say("不方便", "deny") == ["utter_ask_ticket_contact_wanted"]
    assert talk.say("不方便", "deny") == ["utter_ticket_opened"]
    assert ticket(talk).contact is None


@pytest.mark.parametrize("contact", [PHONE, "a@b.example", "微信 abc_123", "wxid_9988"])
def test_every_kind_of_contact_is_taken(talk: Talk, contact: str) -> None:
    told(talk).say("没有订单号", "deny")
    assert talk.say(contact) == ["utter_ticket_opened"]
    assert ticket(talk).contact == contact.removeprefix("微信 ")


def test_a_wrong_phone_number_gets_a_helpful_sentence(talk: Talk) -> None:
    told(talk).say("没有订单号", "deny")
    assert talk.say("1380013") == ["utter_ask_ticket_contact_unreadable"]


def test_an_endless_story_is_cut(talk: Talk) -> None:
    started(talk).say("坏" * 1900, "nlu_fallback")
    talk.say("很" * 1900, "nlu_fallback")
    assert len(talk.slots["issue"]) == 2_000


def test_a_complaint_is_regretted_first_and_tells_the_four_steps(talk: Talk) -> None:
    assert talk.say("我要投诉", "complain") == ["utter_regret", "utter_ask_complaint_issue"]
    talk.say("快递员把包裹扔在雨里，还骂人", "nlu_fallback")
    talk.say("没有订单号", "deny")
    assert talk.say("abc_12345") == ["utter_complaint_opened"]
    assert ticket(talk).kind == "complaint"


def test_an_answer_that_comes_later_is_promised_by_the_time_of_day(talk: Talk) -> None:
    talk.gateway.minutes = 24 * 60
    talk.say(f"帮我登记，我的洗衣机漏水了，订单{ORDER}，电话{PHONE}", "open_ticket")
    assert talk.said[0]["response"] == "utter_ticket_opened_by"
    assert talk.said[0]["due"] == "11 月 19 日（周四）14:00"


def test_a_complaint_in_the_middle_of_a_ticket_takes_its_place(talk: Talk) -> None:
    told(talk)
    assert "utter_regret" in talk.say("我要投诉", "complain")
    assert talk.slots["task_state"]["waiting"] == []
