"""What a customer's answer to a question of the form is read as."""

from __future__ import annotations

import pytest

from actions import reading


@pytest.mark.parametrize(
    "text",
    [
        "我要登记",
        "我要投诉",
        "留言登记",
        "麻烦帮我登记一下，谢谢",
        "您好，我想提交一个工单",
        "我要投诉你们！！！",
        "帮我报修一下",
        "正式投诉",
        "投诉刚才那个客服",
        "我还要登记一个别的",
    ],
)
def test_a_bare_wish_tells_no_story(text: str) -> None:
    assert not reading.tells_a_story(text)


@pytest.mark.parametrize(
    "text",
    [
        "帮我登记，我的洗衣机漏水了",
        "留言登记：冰箱坏了",
        "我要投诉，快递员乱扔包裹",
        "登记一下：收到的电饭煲开不了机",
    ],
)
def test_a_wish_with_what_happened_tells_a_story(text: str) -> None:
    assert reading.tells_a_story(text)


@pytest.mark.parametrize(
    "text",
    [
        "没有",
        "不记得了",
        "找不到订单号",
        "跳过",
        "没有订单号",
        "忘了",
        "不方便留",
        "No",
        "我也不知道在哪",
    ],
)
def test_nothing_to_give(text: str) -> None:
    assert reading.has_nothing(text)


@pytest.mark.parametrize(
    "text", ["202611180012345", "13800138000", "没有收到货", "快递员没有按约定的时间送货"]
)
def test_something_given(text: str) -> None:
    assert not reading.has_nothing(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc_12345", "abc_12345"),
        (" wxid-9988 ", "wxid-9988"),
        ("12345abc", None),
        ("abc", None),
        ("我的微信 abc_12345", None),
    ],
)
def test_a_wechat_id_alone_is_read(text: str, expected: str | None) -> None:
    assert reading.wechat_id(text) == expected


def test_the_last_entity_counts() -> None:
    entities = [
        {"entity": "phone", "value": "1", "start": 0, "end": 1},
        {"entity": "amount", "value": 100, "start": 2, "end": 3},
        {"entity": "phone", "value": "2", "start": 4, "end": 5},
    ]
    assert reading.last_entity(entities, "phone") == "2"
    assert reading.last_entity(entities, "amount") == "100"
    assert reading.last_entity(entities, "email", "wechat") is None


def test_numbers_are_not_a_story() -> None:
    entities = [{"entity": "order_number", "value": "1", "start": 2, "end": 17}]
    assert reading.without_entities("订单202611180012345", entities) == "订单"
    assert reading.is_number_like("12345678")
    assert reading.is_number_like("订单12345678")
    assert not reading.is_number_like("我买了3个杯子都是坏的")


@pytest.mark.parametrize("text", ["几点下班", "怎么退货", "能退吗", "多久到账？", "在哪里看"])
def test_questions(text: str) -> None:
    assert reading.asks_something(text)


def test_a_statement_is_no_question() -> None:
    assert not reading.asks_something("收到的杯子碎了")
