"""What every task asks and does, without Rasa: a small shop behind it, intents given by hand."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.contract.actions.memory_shop import ORDER, SECOND, SHIPPED, STRANGER, TAIL
from tests.unit.actions.talking import ADDRESS, PHONE, SHOP_TIME, YES, Talk, proven


@pytest.fixture
def talk() -> Talk:
    return Talk()


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


def test_a_time_alone_is_an_answer_even_if_it_sounds_like_another_task(talk: Talk) -> None:
    talk.say(f"约安装，明天下午，{ADDRESS}，电话{PHONE}", "book_appointment")
    assert talk.say(*YES) == ["utter_done_book_appointment"]
    talk.say("我要修改预约时间", "change_appointment")
    assert talk.say("后天下午", "book_appointment") == ["utter_confirm_change_appointment"]


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


def test_a_call_back_at_midnight_is_that_of_the_evening_it_was_written_in(talk: Talk) -> None:
    talk.clock = datetime(2026, 11, 21, 20, 15, tzinfo=SHOP_TIME)
    talk.say(f"今晚12点给我回电，{PHONE}，退款一直没到", "call_back")
    assert talk.said[-1]["response"] == "utter_confirm_call_back"
    told = talk.said[-1]
    assert (told["date"], told["time"]) == ("11 月 21 日（周六）", "次日 00:00")
    assert talk.say(*YES) == ["utter_done_call_back"]
    assert talk.said[-1]["when"] == "11 月 22 日（周日）00:00"
    assert talk.acts[0][1]["at"] == "2026-11-22T00:00:00+08:00"


def test_account_and_personal_data(talk: Talk) -> None:
    proven(talk)
    assert talk.say("帮我冻结账号", "account_security") == ["utter_confirm_account_security"]
    assert talk.say(*YES) == ["utter_done_account_security_lock"]
    assert talk.say("删除我的个人信息", "data_request") == ["utter_confirm_data_request"]
    assert talk.say(*YES) == ["utter_done_data_request"]
    assert [body["wish"] for _, body in talk.acts] == ["lock", "erase"]


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


def test_a_phone_of_another_task_is_not_the_recipients(talk: Talk) -> None:
    talk.slots["phone"] = PHONE
    proven(talk).say(f"把{ORDER}的地址改成{ADDRESS}", "change_address")
    talk.say(*YES)
    assert [body.get("phone") for _, body in talk.acts] == [None]


def test_the_title_of_an_invoice_is_heard_in_passing(talk: Talk) -> None:
    proven(talk)
    told = f"订单{ORDER}开单位发票，抬头杭州云上贸易有限公司，税号91330106MA2KXXXX1X，邮箱a@example.com"
    talk.say(told, "request_invoice")
    assert talk.slots["invoice_title"] == "杭州云上贸易有限公司"
