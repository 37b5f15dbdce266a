"""Every task as a story with the running bot: trained model, Rasa, action server, a small shop."""

from __future__ import annotations

from typing import Any

import pytest

from actions.tasks.catalog import TASKS
from tests.bot.running_bot import RunningBot, Visitor
from tests.contract.actions.memory_gateway import MemoryGateway
from tests.contract.actions.memory_shop import ORDER, SECOND, SHIPPED, STRANGER, TAIL

KNOWN = "退款多久到账"
KEY = "refund_arrival_time"
ADDRESS = "杭州市余杭区文一西路1号"
PHONE = "13800138000"


def titles(answer: dict[str, Any]) -> list[str]:
    return [button["title"] for reply in answer["replies"] for button in reply["buttons"]]


def text(answer: dict[str, Any]) -> str:
    return "\n".join(reply["text"] for reply in answer["replies"])


def proven(visitor: Visitor) -> Visitor:
    """Somebody who has proven who they are, and whose order is known."""
    visitor.say("帮我查一下物流")
    visitor.say(ORDER)
    assert "空气炸锅" in text(visitor.say(TAIL))
    return visitor


def acts(gateway: MemoryGateway, visitor: Visitor) -> list[tuple[str, dict[str, Any]]]:
    return gateway.store.of(visitor.id)


def tell(visitor: Visitor, *messages: str) -> dict[str, Any]:
    """Say all of it; returns the last answer."""
    return [visitor.say(message) for message in messages][-1]


PATHS = {
    "urge_delivery": ("/order/urge", []),
    "change_address": ("/order/change-address", [ADDRESS]),
    "cancel_order": ("/order/cancel", []),
    "request_return": ("/order/after-sale", ["质量问题"]),
    "request_exchange": ("/order/after-sale", ["尺码不合适", "黑色 42 码"]),
    "request_invoice": ("/order/invoice", ["个人", "a@b.example"]),
    "price_protection": ("/order/price-protection", []),
    "account_security": ("/account/secure", ["冻结账号"]),
    "data_request": ("/privacy-request", ["获取副本"]),
    "call_back": ("/call-back", [PHONE, "退款一直没有到账"]),
    "book_appointment": ("/appointment/book", ["安装", ADDRESS, "第一个", PHONE]),
}
"""Path of the act, and the answers after the task was started."""


@pytest.mark.parametrize("task", PATHS)
def test_the_straight_way(visitor: Visitor, gateway: MemoryGateway, task: str) -> None:
    path, answers = PATHS[task]
    summary = tell(proven(visitor), TASKS[task].start, *answers)
    assert titles(summary) == ["确认", "修改", "取消"]
    assert not acts(gateway, visitor)
    done = visitor.say("确认")
    assert done["active_form"] is None
    assert done["outcome"] in {"task", "ticket"}
    ((called, _),) = acts(gateway, visitor)
    assert called == path


@pytest.mark.parametrize("task", [name for name in TASKS if TASKS[name].proof])
def test_the_identity_comes_first(visitor: Visitor, task: str) -> None:
    first = visitor.say(TASKS[task].start)
    assert first["active_form"] == task
    assert "保护您的信息" in text(first)
    assert "订单号" in text(first)
    tail = visitor.say(ORDER)
    assert "后四位" in text(tail)
    assert "对不上" in text(visitor.say("0000"))


@pytest.mark.parametrize("task", [name for name in PATHS if TASKS[name].confirm])
def test_stop_at_the_go_ahead(visitor: Visitor, gateway: MemoryGateway, task: str) -> None:
    tell(proven(visitor), TASKS[task].start, *PATHS[task][1])
    left = visitor.say("算了")
    assert left["active_form"] is None
    assert not acts(gateway, visitor)


@pytest.mark.parametrize("task", PATHS)
def test_a_question_at_the_go_ahead(visitor: Visitor, gateway: MemoryGateway, task: str) -> None:
    summary = tell(proven(visitor), TASKS[task].start, *PATHS[task][1])
    between = visitor.say(KNOWN)
    assert between["answers"] == [{"key": KEY, "score": 1.0}]
    assert between["replies"][-1] == summary["replies"][-1]
    visitor.say("确认")
    assert len(acts(gateway, visitor)) == 1


@pytest.mark.parametrize(
    ("task", "reason"),
    [(name, reason) for name in PATHS for reason in TASKS[name].refusals],
)
def test_the_shop_refuses(visitor: Visitor, gateway: MemoryGateway, task: str, reason: str) -> None:
    gateway.store.refuse[PATHS[task][0]] = reason
    refused = tell(proven(visitor), TASKS[task].start, *PATHS[task][1], "确认")
    assert refused["active_form"] is None
    assert len(text(refused)) > 10
    assert "{" not in text(refused)


def test_everything_in_one_message(visitor: Visitor, gateway: MemoryGateway) -> None:
    tail = visitor.say(f"帮我把 {ORDER} 的地址改成杭州市余杭区文一西路 1 号")
    assert tail["active_form"] == "change_address"
    assert "后四位" in text(tail)
    summary = visitor.say(TAIL)
    assert ADDRESS in text(summary)
    visitor.say("确认")
    ((path, body),) = acts(gateway, visitor)
    assert (path, body["order_number"], body["address"]) == (
        "/order/change-address", ORDER, ADDRESS,
    )  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        "不对，是杭州市西湖区文三路 9 号",
        "地址错了，改成杭州市西湖区文三路9号",
        "杭州市西湖区文三路9号",
    ],
)
def test_a_correction_at_the_go_ahead(visitor: Visitor, gateway: MemoryGateway, words: str) -> None:
    tell(proven(visitor), TASKS["change_address"].start, ADDRESS)
    corrected = visitor.say(words)
    assert "杭州市西湖区文三路9号" in text(corrected)
    visitor.say("确认")
    ((_, body),) = acts(gateway, visitor)
    assert body["address"] == "杭州市西湖区文三路9号"


def test_the_button_that_changes(visitor: Visitor) -> None:
    tell(proven(visitor), TASKS["change_address"].start, ADDRESS)
    assert titles(visitor.say("修改")) == ["订单号", "地址"]
    assert "地址" in text(visitor.say("地址"))
    assert "西湖区" in text(visitor.say("杭州市西湖区文三路9号"))


def test_a_visit_moved_to_the_morning_and_called_off(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    tell(visitor, TASKS["book_appointment"].start, "维修", ADDRESS, "明天下午", PHONE)
    assert "09:00" in text(visitor.say("换成上午"))
    assert "A0001" in text(visitor.say("确认"))
    assert "14:00" in text(tell(visitor, TASKS["change_appointment"].start, "后天下午"))
    visitor.say("确认")
    assert titles(visitor.say(TASKS["cancel_appointment"].start)) == ["确认", "修改", "取消"]
    assert "已取消" in text(visitor.say("确认"))
    assert [path for path, _ in acts(gateway, visitor)] == [
        "/appointment/book", "/appointment/change", "/appointment/cancel",
    ]  # fmt: skip


def test_looking_up(visitor: Visitor) -> None:
    tell(visitor, TASKS["track_order"].start, SHIPPED)
    assert "SF1234567890123" in text(visitor.say(TAIL))
    assert "没有退款" in text(visitor.say(TASKS["refund_status"].start))
    assert "没有查到您的工单" in text(visitor.say(TASKS["ticket_status"].start))


def test_whoever_is_known_is_never_asked_again(visitor: Visitor) -> None:
    proven(visitor)
    for task in ("cancel_order", "urge_delivery", "price_protection"):
        assert titles(visitor.say(TASKS[task].start)) == ["确认", "修改", "取消"]
        visitor.say("算了")


def test_a_wrong_identity_ends_with_the_offer_of_a_person(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    tell(visitor, TASKS["cancel_order"].start, STRANGER, "1111", "2222")
    assert titles(visitor.say("3333")) == ["转人工", "留言登记"]
    assert visitor.say("转人工")["outcome"] == "handoff"
    assert not acts(gateway, visitor)


def test_a_person_is_granted_in_any_task_with_what_was_told(visitor: Visitor) -> None:
    tell(proven(visitor), TASKS["change_address"].start, ADDRESS)
    answer = visitor.say("转人工")
    assert answer["outcome"] == "handoff"
    assert answer["active_form"] is None
    assert answer["slots"]["address"] == ADDRESS
    assert answer["slots"]["order_number"] == ORDER


def test_another_task_in_the_middle_and_back(visitor: Visitor, gateway: MemoryGateway) -> None:
    tell(proven(visitor), TASKS["cancel_order"].start)
    back = visitor.say(TASKS["refund_status"].start)
    assert back["active_form"] == "cancel_order"
    assert "没有退款" in text(back)
    assert "接着办" in text(back)
    visitor.say("确认")
    assert [path for path, _ in acts(gateway, visitor)] == ["/order/cancel"]


def test_a_repeated_go_ahead_acts_once(visitor: Visitor, gateway: MemoryGateway) -> None:
    tell(proven(visitor), TASKS["cancel_order"].start)
    first = visitor.say("确认", "m-confirm")
    again = visitor.say("确认", "m-confirm")
    assert again == {**first, "replayed": True}
    assert len(acts(gateway, visitor)) == 1


def test_the_desk_away_at_the_go_ahead_undoes_the_turn(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    tell(proven(visitor), TASKS["cancel_order"].start)
    gateway.down = True
    assert visitor.send("确认", "m-again").status_code == 503
    gateway.down = False
    assert "已取消" in text(visitor.say("确认", "m-again"))
    assert len(acts(gateway, visitor)) == 1


def test_feedback_and_repair(visitor: Visitor, gateway: MemoryGateway) -> None:
    tell(visitor, TASKS["give_feedback"].start)
    assert visitor.say("希望退货能上门取件")["outcome"] == "ticket"
    tell(visitor, TASKS["request_repair"].start, "洗衣机", "一直漏水，地上全是水", "没有订单号")
    assert "洗衣机" in text(visitor.say(PHONE))
    done = visitor.say("确认")
    assert done["outcome"] == "ticket"
    assert titles(done) == ["预约上门维修"]
    kinds = [item.kind for (who, *_), item in gateway.tickets.items() if who == visitor.id]
    assert kinds == ["feedback", "repair"]
    assert visitor.say("预约上门维修")["active_form"] == "book_appointment"


def test_an_answer_offers_the_task_that_does_it(visitor: Visitor, gateway: MemoryGateway) -> None:
    before = gateway.entries[KEY]
    gateway.entries[KEY] = before.model_copy(update={"task": "refund_status"})
    try:
        answer = visitor.say(KNOWN)
        assert titles(answer) == [TASKS["refund_status"].start]
        assert visitor.say(titles(answer)[0])["active_form"] == "refund_status"
        assert titles(visitor.say(KNOWN)) == []
    finally:
        gateway.entries[KEY] = before


def test_two_orders_one_after_the_other(
    bot: RunningBot, visitor: Visitor, gateway: MemoryGateway
) -> None:
    tell(proven(visitor), TASKS["urge_delivery"].start, "确认")
    tell(visitor, f"再帮我催一下 {SECOND}", "确认")
    assert [body["order_number"] for _, body in acts(gateway, visitor)] == [ORDER, SECOND]
