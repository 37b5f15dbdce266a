"""Every task, message by message, without Rasa: a small shop behind it, intents given by hand."""

from __future__ import annotations

import pytest

from tests.contract.actions.memory_shop import ORDER, SECOND, SHIPPED, STRANGER, TAIL
from tests.unit.actions.talking import KNOWN, Talk

ADDRESS = "杭州市余杭区文一西路1号"
OTHER_ADDRESS = "杭州市西湖区文三路9号"
PHONE = "13800138000"
YES = ("确认", "affirm")


@pytest.fixture
def talk() -> Talk:
    return Talk()


def proven(talk: Talk) -> Talk:
    """Somebody who has proven who they are."""
    talk.say(f"帮我查物流 {SECOND} 尾号{TAIL}", "track_order")
    assert talk.slots["verified"]
    return talk


def test_everything_in_one_message_needs_only_proof_and_go_ahead(talk: Talk) -> None:
    first = talk.say(f"帮我把 {ORDER} 的地址改成杭州市余杭区文一西路 1 号", "change_address")
    assert first == ["utter_ask_phone_tail"]
    assert talk.say(TAIL) == ["utter_confirm_change_address"]
    assert talk.say(*YES) == ["utter_done_change_address"]
    ((path, body),) = talk.acts
    assert path == "/order/change-address"
    assert (body["order_number"], body["address"]) == (ORDER, ADDRESS)
    assert not talk.running


def test_the_proof_is_asked_for_once_a_conversation(talk: Talk) -> None:
    proven(talk)
    assert talk.say(f"取消订单 {ORDER}", "cancel_order") == ["utter_confirm_cancel_order"]
    assert talk.slots.get("phone_tail") is None


@pytest.mark.parametrize("together", [f"{ORDER} {TAIL}", f"订单{ORDER}，手机尾号{TAIL}"])
def test_order_number_and_phone_may_come_together(talk: Talk, together: str) -> None:
    assert talk.say("帮我取消订单", "cancel_order") == ["utter_ask_identity"]
    assert talk.say(together) == ["utter_confirm_cancel_order"]


def test_a_phone_told_before_is_the_proof(talk: Talk) -> None:
    talk.say(f"我电话1380013{TAIL}")
    assert talk.say(f"取消订单{ORDER}", "cancel_order") == ["utter_confirm_cancel_order"]


def test_a_wrong_proof_is_asked_again_and_then_a_person_is_offered(talk: Talk) -> None:
    talk.say(f"取消订单 {STRANGER}", "cancel_order")
    assert talk.say("1111") == ["utter_ask_phone_tail_wrong"]
    assert talk.say("2222") == ["utter_ask_phone_tail_wrong"]
    assert talk.say("3333") == ["utter_offer_person_in_task"]
    assert talk.say("好的", "affirm") == [""]
    assert [item.reason for item in talk.gateway.handoffs.values()] == ["bot_failed"]
    assert not talk.acts
    assert talk.slots["order_number"] == STRANGER


def test_either_half_of_the_proof_can_be_put_right(talk: Talk) -> None:
    talk.say(f"取消订单 {STRANGER}", "cancel_order")
    talk.say(TAIL)
    assert talk.say(f"订单号发错了，是{ORDER}", "correct") == ["utter_confirm_cancel_order"]


def test_a_locked_proof_says_so_and_offers_a_person(talk: Talk) -> None:
    talk.gateway.store.tries["c1"] = 5
    talk.say(f"取消订单 {ORDER}", "cancel_order")
    assert talk.say(TAIL) == ["utter_identity_locked", "utter_offer_person_in_task"]


def test_whoever_is_known_chooses_from_the_orders(talk: Talk) -> None:
    proven(talk)
    talk.slots["order_number"] = None
    assert talk.say("帮我取消订单", "cancel_order") == ["utter_ask_which_order"]
    assert len(talk.titles) == 3
    assert talk.say("第二个") == ["utter_confirm_cancel_order"]
    assert talk.slots["order_number"] == SECOND


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


def test_a_person_wins_and_the_slots_stay(talk: Talk) -> None:
    proven(talk).say(f"把{ORDER}的地址改成{ADDRESS}", "change_address")
    talk.say("转人工", "ask_human")
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


@pytest.mark.parametrize(
    ("path", "task", "reason"),
    [
        ("/order/change-address", "change_address", "already_shipped"),
        ("/order/cancel", "cancel_order", "already_cancelled"),
        ("/order/after-sale", "request_return", "window_over"),
        ("/order/urge", "urge_delivery", "delivered"),
        ("/order/price-protection", "price_protection", "no_difference"),
    ],
)
def test_a_refusal_of_the_shop_is_explained(talk: Talk, path: str, task: str, reason: str) -> None:
    talk.gateway.store.refuse[path] = reason
    proven(talk).say(f"{ORDER} {ADDRESS} 质量问题", task)
    assert talk.say(*YES) == [f"utter_refused_{task}_{reason}"]
    assert not talk.running


def test_a_reason_nobody_knows_is_still_a_sentence(talk: Talk) -> None:
    talk.gateway.store.refuse["/order/cancel"] = "moon_phase"
    proven(talk).say(f"取消{ORDER}", "cancel_order")
    assert talk.say(*YES) == ["utter_refused"]


def test_an_order_that_is_not_there_is_asked_for_again(talk: Talk) -> None:
    proven(talk).say(f"查物流{STRANGER}", "track_order")
    assert talk.running
    assert talk.said[-1]["response"] == "utter_ask_order_number_not_found"
    assert talk.say(SHIPPED) == ["utter_parcel_expected"]


def test_a_visit_is_booked_moved_and_called_off(talk: Talk) -> None:
    first = talk.say(f"约安装，明天下午，{ADDRESS}，电话{PHONE}", "book_appointment")
    assert first == ["utter_confirm_book_appointment"]
    assert talk.say("换成上午", "correct") == ["utter_confirm_book_appointment"]
    assert talk.say(*YES) == ["utter_done_book_appointment"]
    assert talk.acts[0][1]["slot_id"].endswith("T09")
    moved = talk.say("把预约改到后天下午", "change_appointment")
    assert moved == ["utter_confirm_change_appointment"]
    assert talk.say(*YES) == ["utter_done_change_appointment"]
    assert talk.say("取消预约", "cancel_appointment") == ["utter_confirm_cancel_appointment"]
    assert talk.say(*YES) == ["utter_done_cancel_appointment"]


def test_a_visit_step_by_step(talk: Talk) -> None:
    assert talk.say("我要预约上门服务", "book_appointment") == ["utter_ask_service"]
    assert talk.say("清洗保洁") == ["utter_ask_service_address"]
    assert talk.say(ADDRESS) == ["utter_ask_slot_id"]
    assert len(talk.titles) == 4
    assert talk.say("明天晚上") == ["utter_ask_slot_id_other_times"]
    assert talk.say(talk.titles[0]) == ["utter_ask_visit_phone"]
    assert talk.say(PHONE) == ["utter_confirm_book_appointment"]


def test_a_time_that_was_taken_is_chosen_again(talk: Talk) -> None:
    talk.say(f"约维修，{ADDRESS}，电话{PHONE}", "book_appointment")
    talk.say("第一个")
    talk.gateway.store.refuse["/appointment/book"] = "slot_taken"
    assert talk.say(*YES) == ["utter_ask_slot_id_taken"]


def test_nowhere_to_go_offers_a_person(talk: Talk) -> None:
    talk.gateway.store.no_slots = True
    said = talk.say(f"约维修，{ADDRESS}", "book_appointment")
    assert said == ["utter_none_slot_id", "utter_offer_person_in_task"]


def test_changing_a_visit_of_another_conversation_needs_proof(talk: Talk) -> None:
    assert talk.say("改预约", "change_appointment") == ["utter_ask_identity"]
    assert talk.say(f"{ORDER} {TAIL}") == ["utter_none_appointment_number"]
    assert not talk.running


def test_an_invoice_for_a_company(talk: Talk) -> None:
    proven(talk).say(f"给{ORDER}开公司发票", "request_invoice")
    assert talk.say("杭州云上贸易有限公司") == ["utter_ask_tax_number"]
    assert talk.say("91330106MA27XYZX8K") == ["utter_ask_email"]
    assert talk.say("a@b.example") == ["utter_confirm_request_invoice_company"]
    corrected = talk.say("抬头改成北京云下贸易有限公司", "correct")
    assert corrected == ["utter_confirm_request_invoice_company"]
    talk.say(*YES)
    ((_, body),) = talk.acts
    assert body["title"] == "北京云下贸易有限公司"
    assert body["tax_number"] == "91330106MA27XYZX8K"
    assert body["kind"] == "company"


def test_the_same_go_ahead_twice_acts_once(talk: Talk) -> None:
    proven(talk).say(f"取消{ORDER}", "cancel_order")
    state = (dict(talk.slots), list(talk.events), dict(talk.active_loop))
    talk.say(*YES)
    talk.slots, talk.events, talk.active_loop = state
    talk.number -= 1
    talk.say(*YES)
    assert len(talk.acts) == 1


def test_a_call_back(talk: Talk) -> None:
    talk.say("请给我回个电话", "call_back")
    assert talk.say(PHONE) == ["utter_ask_topic"]
    assert talk.say("退款一直没到") == ["utter_confirm_call_back_soon"]
    assert talk.say("明天下午三点吧") == ["utter_confirm_call_back"]
    assert talk.say(*YES) == ["utter_done_call_back"]
    assert talk.acts[0][1]["at"].endswith("T15:00:00+08:00")


def test_account_and_personal_data(talk: Talk) -> None:
    proven(talk)
    assert talk.say("帮我冻结账号", "account_security") == ["utter_confirm_account_security"]
    assert talk.say(*YES) == ["utter_done_account_security_lock"]
    assert talk.say("删除我的个人信息", "data_request") == ["utter_confirm_data_request"]
    assert talk.say(*YES) == ["utter_done_data_request"]
    assert [body["wish"] for _, body in talk.acts] == ["lock", "erase"]


def test_two_wishes_in_one_message(talk: Talk) -> None:
    proven(talk)
    both = talk.say(
        f"取消订单{ORDER}，退款多久到", "cancel_order", also={"intent": "faq", "key": "k"}
    )
    assert both == ["三天内。", "utter_confirm_cancel_order"]
    talk.say(*YES)
    talk.say(f"催一下{SECOND}，再给我开发票", "urge_delivery", also={"intent": "request_invoice"})
    assert talk.say(*YES) == ["utter_done_urge_delivery", "utter_back_to", "utter_ask_invoice_kind"]


def test_a_price_protection_tells_the_difference(talk: Talk) -> None:
    proven(talk).say(f"{ORDER}降价了", "price_protection")
    assert talk.say(*YES) == ["utter_done_price_protection"]
    assert talk.said[0]["difference"] == "20.50 元"


def test_feedback_needs_no_order(talk: Talk) -> None:
    assert talk.say("我有个建议", "give_feedback") == ["utter_ask_feedback_issue"]
    assert talk.say("希望退货能上门取件") == ["utter_done_give_feedback"]
    (ticket,) = talk.gateway.tickets.values()
    assert (ticket.description, ticket.order_number) == ("希望退货能上门取件", None)


def test_a_repair_is_confirmed_and_offers_a_visit(talk: Talk) -> None:
    assert talk.say("洗衣机漏水了，我要报修", "request_repair") == ["utter_ask_ticket_order_number"]
    talk.say("没有订单号", "deny")
    assert talk.say(PHONE) == ["utter_confirm_request_repair"]
    assert talk.say(*YES) == ["utter_done_request_repair"]
    (ticket,) = talk.gateway.tickets.values()
    assert ticket.kind == "repair"
    assert "漏水" in ticket.description


def test_no_tickets_to_tell_of(talk: Talk) -> None:
    assert talk.say("查工单进度", "ticket_status") == ["utter_tickets_none"]
    assert not talk.running


def test_full_width_digits_are_digits(talk: Talk) -> None:
    talk.say(f"取消订单{ORDER}", "cancel_order")
    assert talk.say("６７８９") == ["utter_confirm_cancel_order"]


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


def test_a_phone_of_another_task_is_not_the_recipients(talk: Talk) -> None:
    talk.slots["phone"] = PHONE
    proven(talk).say(f"把{ORDER}的地址改成{ADDRESS}", "change_address")
    talk.say(*YES)
    assert [body.get("phone") for _, body in talk.acts] == [None]


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


def test_the_title_of_an_invoice_is_heard_in_passing(talk: Talk) -> None:
    proven(talk)
    told = f"订单{ORDER}开单位发票，抬头杭州云上贸易有限公司，税号91330106MA2KXXXX1X，邮箱a@example.com"
    talk.say(told, "request_invoice")
    assert talk.slots["invoice_title"] == "杭州云上贸易有限公司"
