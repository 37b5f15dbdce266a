"""How customers talk while a task runs: corrections, questions, a yes, a no, a moment, enough."""

from __future__ import annotations

import pytest

from tests.contract.actions.memory_shop import ORDER, SECOND, TAIL
from tests.unit.actions.talking import ADDRESS, KNOWN, OTHER_ADDRESS, PHONE, YES, Talk, proven


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("不对，是杭州市西湖区文三路 9 号", "correct"),
        ("地址错了，改成杭州市西湖区文三路9号", "change_address"),
        ("杭州市西湖区文三路9号", "inform"),
        ("不是杭州市余杭区文一西路1号，是杭州市西湖区文三路9号", "deny"),
    ],
)
def test_a_correction_at_the_confirmation_replaces_one_slot(
    talk: Talk, message: str, intent: str
) -> None:
    proven(talk).say(f"把{ORDER}的地址改成{ADDRESS}", "change_address")
    assert talk.say(message, intent) == ["utter_confirm_change_address"]
    assert talk.slots["order_number"] == ORDER
    assert talk.slots["address"] == OTHER_ADDRESS


def test_what_is_wrong_can_be_named_or_chosen(talk: Talk) -> None:
    proven(talk).say(f"把{ORDER}的地址改成{ADDRESS}", "change_address")
    assert talk.say("修改", "correct") == ["utter_ask_what_to_change"]
    assert talk.titles == ["订单号", "地址"]
    assert talk.say("地址") == ["utter_ask_new_address"]
    talk.say(OTHER_ADDRESS)
    assert talk.say("地址写错了", "correct") == ["utter_ask_new_address"]
    talk.say(ADDRESS)
    talk.say(*YES)
    assert [body["address"] for _, body in talk.acts] == [ADDRESS]


def test_a_question_in_the_middle_is_answered_and_the_task_goes_on(talk: Talk) -> None:
    talk.say("帮我取消订单", "cancel_order")
    assert talk.say(KNOWN) == ["三天内。", "utter_ask_identity"]
    assert talk.say("你好", "greet") == ["utter_greet", "utter_ask_identity"]
    own = talk.say("你们春节开门吗", "chat_opening_hours")
    assert own == ["utter_chat_opening_hours", "utter_ask_identity"]
    talk.say(f"{ORDER} {TAIL}")
    assert talk.say(KNOWN) == ["三天内。", "utter_confirm_cancel_order"]


def test_another_task_in_the_middle_comes_first_and_then_back(talk: Talk) -> None:
    proven(talk).say(f"取消订单{ORDER}", "cancel_order")
    back = talk.say("等等，先查下退款", "refund_status")
    assert back == [
        "utter_first_this", "utter_refund_none", "utter_back_to", "utter_confirm_cancel_order",
    ]  # fmt: skip
    talk.say(*YES)
    assert [path for path, _ in talk.acts] == ["/order/cancel"]


def test_another_task_instead_does_not_come_back(talk: Talk) -> None:
    proven(talk).say(f"取消订单{ORDER}", "cancel_order")
    assert talk.say("还是退货吧，质量有问题", "request_return") == ["utter_confirm_request_return"]
    talk.say(*YES)
    assert [path for path, _ in talk.acts] == ["/order/after-sale"]
    assert not talk.running


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("算了", "stop"),
        ("不弄了", "stop"),
        ("取消", "stop"),
        ("再见", "goodbye"),
        ("算了不弄了", "deny"),
    ],
)
def test_it_can_be_left_at_the_confirmation(talk: Talk, message: str, intent: str) -> None:
    proven(talk).say(f"把{ORDER}的地址改成{ADDRESS}", "change_address")
    assert talk.say(message, intent) == ["utter_form_left"]
    assert not talk.acts
    assert not talk.running


@pytest.mark.parametrize("intent", ["ask_human", "ask_human_wholesale"])
def test_a_person_wins_and_the_slots_stay(talk: Talk, intent: str) -> None:
    proven(talk).say(f"把{ORDER}的地址改成{ADDRESS}", "change_address")
    talk.say("转人工", intent)
    assert not talk.running
    assert (talk.slots["address"], talk.slots["order_number"]) == (ADDRESS, ORDER)
    assert [item.reason for item in talk.gateway.handoffs.values()] == ["customer_asked"]


def test_three_failed_attempts_offer_something_else(talk: Talk) -> None:
    proven(talk).say(f"给{ORDER}开发票", "request_invoice")
    talk.say("个人")
    assert talk.say("呵呵", "nlu_fallback") == ["utter_ask_email_unreadable"]
    assert talk.say("哈哈", "nlu_fallback") == ["utter_ask_email_unreadable"]
    assert talk.say("嘿嘿", "nlu_fallback") == ["utter_offer_person_in_task"]
    assert talk.say("a@b.example") == ["utter_confirm_request_invoice"]


def test_a_ticket_instead_of_a_failing_task_knows_what_it_was_about(talk: Talk) -> None:
    proven(talk).say(f"给{ORDER}开发票", "request_invoice")
    for _ in range(3):
        talk.say("呵呵", "nlu_fallback")
    talk.say("留言登记", "open_ticket")
    assert talk.say(PHONE) == ["utter_ticket_opened"]
    (ticket,) = talk.gateway.tickets.values()
    assert "开发票" in ticket.description


def test_two_wishes_in_one_message(talk: Talk) -> None:
    proven(talk)
    both = talk.say(
        f"取消订单{ORDER}，退款多久到", "cancel_order", also={"intent": "faq", "key": "k"}
    )
    assert both == ["三天内。", "utter_confirm_cancel_order"]
    talk.say(*YES)
    talk.say(f"催一下{SECOND}，再给我开发票", "urge_delivery", also={"intent": "request_invoice"})
    assert talk.say(*YES) == ["utter_done_urge_delivery", "utter_back_to", "utter_ask_invoice_kind"]


@pytest.mark.parametrize("text", ["第一个", "好的吗？", "行不行", "可以改吗", "好像不对"])
def test_a_guess_at_a_yes_is_not_enough_to_act(talk: Talk, text: str) -> None:
    proven(talk).say(f"取消{ORDER}", "cancel_order")
    talk.say(text, "affirm")
    assert not talk.acts


@pytest.mark.parametrize(
    "text", ["确认", "好的", "嗯嗯", "对的，谢谢", "可以，麻烦您了", "没问题", "OK", "是的。"]
)
def test_a_plain_yes_acts(talk: Talk, text: str) -> None:
    proven(talk).say(f"取消{ORDER}", "cancel_order")
    talk.say(text, "nlu_fallback")
    assert len(talk.acts) == 1


def test_a_yes_to_cancelling_is_none_where_nothing_is_cancelled(talk: Talk) -> None:
    proven(talk).say(f"把{ORDER}的地址改成{ADDRESS}", "change_address")
    talk.say("确认取消", "affirm")
    assert not talk.acts
    talk.say(f"取消{ORDER}", "cancel_order")
    talk.say("确认取消", "affirm")
    assert [path for path, _ in talk.acts] == ["/order/cancel"]


def test_after_the_offer_of_a_person_another_try_is_taken(talk: Talk) -> None:
    talk.say(f"取消订单 {ORDER}", "cancel_order")
    for wrong in ("1111", "2222", "3333"):
        talk.say(wrong)
    assert talk.said[-1]["response"] == "utter_offer_person_in_task"
    assert talk.say(TAIL) == ["utter_confirm_cancel_order"]


def test_a_moment_keeps_the_question_open_and_costs_no_attempt(talk: Talk) -> None:
    talk.say("帮我取消订单", "cancel_order")
    for words in ("等一下", "我去翻翻短信里的订单号，稍等"):
        assert talk.say(words, "hold_on") == ["utter_hold_on"]
    assert talk.slots["task_state"]["attempts"] == 0
    assert talk.say(f"{ORDER} {TAIL}") == ["utter_confirm_cancel_order"]
    assert talk.say("等等 我看一下", "hold_on") == ["utter_hold_on"]
    assert talk.say(*YES) == ["utter_done_cancel_order"]


def test_the_offer_of_a_person_survives_a_moment(talk: Talk) -> None:
    talk.say("帮我取消订单", "cancel_order")
    for _ in range(3):
        talk.say("不晓得你说什么", "nlu_fallback")
    assert talk.said[0]["response"] == "utter_offer_person_in_task"
    talk.say("稍等", "hold_on")
    talk.say("好的", "affirm")
    assert len(talk.gateway.handoffs) == 1


def test_a_moment_with_an_answer_is_an_answer(talk: Talk) -> None:
    talk.say("帮我取消订单", "cancel_order")
    assert talk.say(f"稍等，是{ORDER}", "hold_on") == ["utter_ask_phone_tail"]


@pytest.mark.parametrize("words", ["人呢", "查到了没有", "怎么不说话了，我都等半天了"])
def test_pressing_asks_the_open_question_again(talk: Talk, words: str) -> None:
    talk.say("帮我取消订单", "cancel_order")
    assert talk.say(words, "urge_reply") == ["utter_urge_reply_in_task", "utter_ask_identity"]
    assert talk.slots["task_state"]["attempts"] == 0


@pytest.mark.parametrize(
    ("words", "intent"), [("人呢", "urge_reply"), ("等一下", "hold_on"), ("没有了", "nothing_more")]
)
def test_small_talk_is_no_reason_and_no_story(talk: Talk, words: str, intent: str) -> None:
    proven(talk).say(f"我要退货，订单{ORDER}", "request_return")
    talk.say(words, intent)
    assert talk.slots.get("reason") is None
    assert talk.running
    talk.say("取消吧", "stop")
    talk.say("我有个建议", "give_feedback")
    talk.say(words, intent)
    assert talk.slots.get("issue") is None
    assert talk.running


def test_a_long_story_is_one_whatever_the_classifier_says(talk: Talk) -> None:
    talk.say("我有个建议", "give_feedback")
    story = "怎么每次找你们都没人回复，我等了半天，希望多安排几个客服"
    assert talk.say(story, "urge_reply") == ["utter_done_give_feedback"]


def test_nothing_more_is_no_value_where_one_may_be_left_out(talk: Talk) -> None:
    talk.say("帮我登记，买的电饭煲开不了机", "open_ticket")
    assert talk.say("就这些", "nothing_more") == ["utter_ask_ticket_contact"]
    assert talk.say("不用了先这样", "nothing_more") == ["utter_ask_ticket_contact_wanted"]
    assert talk.say("没有了", "nothing_more") == ["utter_ticket_opened"]


def test_nothing_more_to_change_brings_the_summary_back(talk: Talk) -> None:
    proven(talk).say(f"把{ORDER}的地址改成{ADDRESS}", "change_address")
    talk.say("修改", "correct")
    assert talk.say("没有了", "nothing_more") == ["utter_confirm_change_address"]
    assert talk.say("就这些", "nothing_more") == ["utter_confirm_change_address"]
    assert talk.acts[1:] == []


def test_enough_of_it_leaves_the_task(talk: Talk) -> None:
    talk.say("帮我取消订单", "cancel_order")
    assert talk.say("不用了先这样", "nothing_more") == ["utter_nothing_cancelled"]
    assert not talk.running


def test_distress_comes_before_everything(talk: Talk) -> None:
    talk.say("我要投诉", "complain")
    assert talk.say("钱被骗光了，我不想活了", "distress") == ["utter_distress", ""]
    assert [item.reason for item in talk.gateway.handoffs.values()] == ["policy"]
    assert not talk.running


def test_nothing_is_to_be_changed_after_all(talk: Talk) -> None:
    talk.say(f"帮我把 {ORDER} 的地址改成杭州市余杭区文一西路 1 号", "change_address")
    assert talk.say(TAIL) == ["utter_confirm_change_address"]
    assert talk.say("不对") == ["utter_ask_what_to_change"]
    assert talk.say(*YES) == ["utter_confirm_change_address"]
    assert not talk.acts


def test_the_end_of_the_address_alone_can_be_put_right(talk: Talk) -> None:
    talk.say(f"帮我把 {ORDER} 的地址改成杭州市余杭区文一西路 1 号 3 幢 502", "change_address")
    talk.say(TAIL)
    assert talk.say("不对，是5幢502") == ["utter_confirm_change_address"]
    talk.say(*YES)
    assert talk.acts[0][1]["address"].endswith("5幢502")


@pytest.mark.parametrize(
    "text",
    [
        "取消吧",
        "取消吧。",
        "好的，取消吧",
        "那就取消吧",
        "取消掉",
        "帮我取消",
        "取消了吧",
        "取消订单",
    ],
)
@pytest.mark.parametrize("intent", ["stop", "affirm", "cancel_order", "nlu_fallback"])
def test_cancel_it_agrees_to_the_cancelling(talk: Talk, text: str, intent: str) -> None:
    proven(talk).say(f"取消{ORDER}", "cancel_order")
    assert talk.say(text, intent) == ["utter_done_cancel_order"]
    assert [path for path, _ in talk.acts] == ["/order/cancel"]


@pytest.mark.parametrize(
    "text", ["取消", "不取消了", "暂不取消", "先不取消", "取消预约吧", "取消了吗"]
)
def test_what_does_not_say_so_cancels_nothing(talk: Talk, text: str) -> None:
    proven(talk).say(f"取消{ORDER}", "cancel_order")
    talk.say(text, "stop")
    assert not talk.acts


def test_cancel_it_leaves_where_nothing_is_cancelled(talk: Talk) -> None:
    proven(talk).say(f"把{ORDER}的地址改成{ADDRESS}", "change_address")
    assert talk.say("取消吧", "stop") == ["utter_form_left"]
    assert not talk.acts


def test_cancel_it_before_the_summary_leaves(talk: Talk) -> None:
    talk.say("帮我取消订单", "cancel_order")
    assert talk.say("取消吧", "stop") == ["utter_nothing_cancelled"]
    assert not talk.running
