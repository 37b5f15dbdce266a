"""Whole conversations with the running bot: the trained model, the real flows, a fake desk."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.running_bot import RunningBot, Visitor
from tests.contract.actions.memory_gateway import MemoryGateway

KNOWN = "退款多久到账"
KEY = "refund_arrival_time"


def titles(answer: dict[str, Any]) -> list[str]:
    return [button["title"] for reply in answer["replies"] for button in reply["buttons"]]


def text(answer: dict[str, Any]) -> str:
    return "\n".join(reply["text"] for reply in answer["replies"])


def suggested(visitor: Visitor) -> dict[str, Any]:
    """A message the bot is not sure about, whatever the model of the day."""
    for words in ("优惠的事情问一下", "发票的事", "想问下会员", "安装", "物流", "退"):
        answer = visitor.say(words)
        if answer["outcome"] == "suggestions":
            return answer
    raise AssertionError("every one of these was clear")


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("你好", "small_talk"),
        ("谢谢", "small_talk"),
        ("再见", "small_talk"),
        ("你是机器人吗", "small_talk"),
        ("好的", "small_talk"),
        ("不是的", "small_talk"),
        ("解决了", "small_talk"),
        ("没别的事了", "small_talk"),
        ("等一下", "small_talk"),
        ("怎么不说话", "small_talk"),
        ("五星好评", "small_talk"),
        ("13800138000", "small_talk"),
        ("算了不弄了", "small_talk"),
        ("今天天气怎么样", "out_of_scope"),
    ],
)
def test_small_talk(visitor: Visitor, words: str, outcome: str) -> None:
    answer = visitor.say(words)
    assert answer["outcome"] == outcome
    assert len(answer["replies"]) == 1
    assert answer["active_form"] is None


def test_a_known_question_gets_the_answer_of_the_knowledge_base(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    answer = visitor.say(KNOWN)
    assert answer["outcome"] == "faq"
    assert answer["answers"] == [{"key": KEY, "score": 1.0}]
    assert [reply["text"] for reply in answer["replies"]] == [gateway.entries[KEY].answer]


def test_an_edited_answer_is_live_at_once(visitor: Visitor, gateway: MemoryGateway) -> None:
    before = gateway.entries[KEY]
    gateway.entries[KEY] = before.model_copy(update={"answer": "{新的}\n\n答案"})
    try:
        assert text(visitor.say(KNOWN)) == "{新的}\n\n答案"
    finally:
        gateway.entries[KEY] = before


def test_less_sure_suggests_and_a_tap_answers(visitor: Visitor, gateway: MemoryGateway) -> None:
    answer = suggested(visitor)
    (reply,) = answer["replies"]
    assert reply["kind"] == "suggestions"
    assert 1 <= len(answer["suggestions"]) <= 3
    questions = [gateway.entries[key].question for key in answer["suggestions"]]
    assert titles(answer) == [*questions, "以上都不是"]
    assert [button["text"] for button in reply["buttons"]] == titles(answer)
    tapped = visitor.say(questions[-1])
    assert tapped["outcome"] == "faq"
    assert tapped["answers"] == [{"key": answer["suggestions"][-1], "score": 1.0}]


def test_a_title_newer_than_the_model_is_answered_when_tapped(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    key = suggested(visitor)["suggestions"][-1]
    before = gateway.entries[key]
    title = f"{before.question}（今年的新规定）"
    gateway.entries[key] = before.model_copy(update={"question": title})
    try:
        assert visitor.say(title)["answers"] == [{"key": key, "score": 1.0}]
    finally:
        gateway.entries[key] = before


def test_an_entry_that_was_switched_off_is_not_given(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    gateway.inactive.add(KEY)
    answer = visitor.say(KNOWN)
    assert answer["outcome"] in {"suggestions", "fallback"}
    assert KEY not in answer["suggestions"]
    assert not answer["answers"]


def test_not_understood_twice_in_a_row_offers_a_person(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    first = visitor.say("jkwpq vvbmx")
    assert first["outcome"] == "fallback"
    assert titles(first) == []
    second = visitor.say("xkcdz bnmrt")
    assert second["outcome"] == "fallback"
    assert titles(second) == ["转人工", "留言登记"]
    third = visitor.say("好的")
    assert third["outcome"] == "handoff"
    assert gateway.handoffs[visitor.id, message_id(gateway, visitor)].reason == "bot_failed"


def message_id(gateway: MemoryGateway, visitor: Visitor) -> str:
    return next(message for sender, message in gateway.handoffs if sender == visitor.id)


def test_an_understood_turn_starts_the_count_anew(visitor: Visitor) -> None:
    visitor.say("jkwpq vvbmx")
    visitor.say("你好")
    assert titles(visitor.say("xkcdz bnmrt")) == []
    visitor.say(KNOWN)
    assert titles(visitor.say("jkwpq vvbmx")) == []


def test_none_of_the_suggestions_counts_as_not_understood(visitor: Visitor) -> None:
    visitor.say("jkwpq vvbmx")
    answer = visitor.say("以上都不是")
    assert answer["outcome"] == "fallback"
    assert titles(answer) == ["转人工", "留言登记"]


def test_the_same_answer_rejected_twice_brings_a_person(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    visitor.say(KNOWN)
    first = visitor.say("没用")
    assert first["outcome"] in {"suggestions", "fallback"}
    second = visitor.say("没用")
    assert second["outcome"] == "handoff"
    assert second["replies"] == []
    assert gateway.handoffs[visitor.id, message_id(gateway, visitor)].reason == "answer_rejected"


def test_a_person_is_granted_at_once_from_anywhere(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    visitor.say("我要登记")
    visitor.say("收到的电饭煲开不了机")
    answer = visitor.say("转人工")
    assert answer["outcome"] == "handoff"
    assert answer["active_form"] is None
    assert answer["slots"]["issue"] == "收到的电饭煲开不了机"
    assert gateway.handoffs[visitor.id, message_id(gateway, visitor)].reason == "customer_asked"


def test_a_ticket_step_by_step(visitor: Visitor, gateway: MemoryGateway) -> None:
    assert visitor.say("我要登记")["active_form"] == "open_ticket"
    order = visitor.say("收到的电饭煲开不了机")
    assert order["outcome"] == "task"
    assert titles(order) == ["没有订单号"]
    unreadable = visitor.say("12345")
    assert "12–20 位" in text(unreadable)
    between = visitor.say(KNOWN)
    assert between["outcome"] == "faq"
    assert between["active_form"] == "open_ticket"
    assert "订单号" in text(between)
    contact = visitor.say("202611180012345")
    assert contact["slots"]["order_number"] == "202611180012345"
    done = visitor.say("13800138000")
    assert done["outcome"] == "ticket"
    assert done["active_form"] is None
    (ticket,) = [item for (sender, *_), item in gateway.tickets.items() if sender == visitor.id]
    assert ticket.kind == "request"
    assert ticket.description == "收到的电饭煲开不了机"
    assert (ticket.order_number, ticket.contact) == ("202611180012345", "13800138000")
    assert "15 分钟" in text(done)


def test_what_was_already_said_is_not_asked_again(visitor: Visitor, gateway: MemoryGateway) -> None:
    visitor.say("我的订单202611180012345怎么还没到")
    answer = visitor.say("帮我登记，买的电饭煲开不了机，电话13800138000")
    assert answer["outcome"] == "ticket"
    (ticket,) = [item for (sender, *_), item in gateway.tickets.items() if sender == visitor.id]
    assert (ticket.order_number, ticket.contact) == ("202611180012345", "13800138000")


def test_order_number_and_contact_can_be_left_out(visitor: Visitor, gateway: MemoryGateway) -> None:
    visitor.say("我要登记")
    visitor.say("收到的电饭煲开不了机")
    visitor.say("不记得了")
    insisted = visitor.say("没有")
    assert insisted["active_form"] == "open_ticket"
    assert visitor.say("没有")["outcome"] == "ticket"
    (ticket,) = [item for (sender, *_), item in gateway.tickets.items() if sender == visitor.id]
    assert (ticket.order_number, ticket.contact) == (None, None)


def test_stop_leaves_the_form(visitor: Visitor) -> None:
    visitor.say("我要登记")
    visitor.say("收到的电饭煲开不了机")
    answer = visitor.say("算了不弄了")
    assert answer["active_form"] is None
    assert "issue" not in answer["slots"]
    assert visitor.say("你好")["outcome"] == "small_talk"


def test_a_complaint_is_regretted_taken_down_and_ends_with_the_offer_of_a_person(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    start = visitor.say("我要投诉")
    assert start["active_form"] == "complain"
    assert len(start["replies"]) == 2
    visitor.say("快递员把包裹扔在雨里，还骂人")
    visitor.say("没有订单号")
    done = visitor.say("abc_12345")
    assert done["outcome"] == "ticket"
    assert titles(done) == ["转人工"]
    (ticket,) = [item for (sender, *_), item in gateway.tickets.items() if sender == visitor.id]
    assert ticket.kind == "complaint"
    assert ticket.contact == "abc_12345"


def test_a_second_ticket_does_not_take_over_the_first(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    visitor.say("帮我登记，买的电饭煲开不了机，订单202611180012345，电话13800138000")
    assert visitor.say("我要登记")["active_form"] == "open_ticket"
    visitor.say("另外台灯也不亮了")
    assert visitor.say("202611180099999")["outcome"] == "ticket"
    tickets = [item for (sender, *_), item in gateway.tickets.items() if sender == visitor.id]
    assert [ticket.order_number for ticket in tickets] == ["202611180012345", "202611180099999"]
    assert tickets[1].description == "另外台灯也不亮了"


def test_a_very_long_conversation_keeps_its_memory_and_its_pace(bot: RunningBot) -> None:
    visitor = bot.visitor()
    visitor.say("我的订单是202611180012345")
    visitor.say("我要登记")
    for _ in range(60):
        visitor.say("你好")
    answer = visitor.say("收到的电饭煲开不了机")
    assert answer["active_form"] == "open_ticket"
    assert answer["slots"]["order_number"] == "202611180012345"
    assert visitor.say("13800138000")["outcome"] == "ticket"


def test_whoever_was_not_answered_and_asks_where_the_bot_is_gets_a_person_offered(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    visitor.say("jkwpq vvbmx")
    assert titles(visitor.say("怎么不说话")) == ["转人工", "留言登记"]
    assert visitor.say("好的")["outcome"] == "handoff"


def test_no_to_suggestions_means_none_of_these(visitor: Visitor) -> None:
    suggested(visitor)
    assert visitor.say("不是")["outcome"] == "fallback"


@pytest.mark.parametrize("before", [[], ["我要登记"]])
def test_distress_is_met_with_the_hotlines_and_a_person(
    visitor: Visitor, gateway: MemoryGateway, before: list[str]
) -> None:
    for words in before:
        visitor.say(words)
    answer = visitor.say("不想活了")
    assert answer["outcome"] == "handoff"
    assert answer["active_form"] is None
    assert all(number in text(answer) for number in ("12356", "120", "110"))
    reasons = [
        item.reason for (sender, _), item in gateway.handoffs.items() if sender == visitor.id
    ]
    assert reasons == ["policy"]


def test_a_moment_keeps_a_task_waiting(visitor: Visitor) -> None:
    asked = visitor.say("帮我取消订单")
    waiting = visitor.say("等一下")
    assert waiting["active_form"] == "cancel_order"
    assert len(waiting["replies"]) == 1
    assert text(waiting) != text(asked)
    assert text(asked) in text(visitor.say("怎么不说话"))
