"""Wordings of the wish for a person, and sentences that only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.human_request import asks_for_nothing_else, asks_for_person, declines_person

WISHES = [
    "人工",
    "转人工",
    "转人工！",
    "人工客服",
    "人工服务",
    "人工在吗",
    "我要人工",
    "我要找人工客服",
    "请帮我转人工客服，谢谢",
    "能不能给我转个人工",
    "帮我接人工",
    "转 人 工",
    "转。人。工",
    "找真人",
    "有没有真人，我想跟真人说话",
    "叫个活人来",
    "我要真人客服",
    "换人工",
    "联系人工客服",
    "呼叫人工",
    "在线客服在吗",
    "zhuan rengong",
    "zhuanrengong",
    "rengong kefu",
    "I want to talk to a human",
    "agent please",
    "HUMAN",
    "转人工👩‍💼",
    "轉人工",
    "转客服",
    "我要客服",
    "别废话，转人工",
    "不要机器人，我要人工",
    "不是说转人工了吗",
]

LOOK_ALIKES = [
    "",
    "你好",
    "在吗",
    "服务",
    "包裹到哪了",
    "人工草坪多少钱",
    "人工费怎么算",
    "你们是人工智能吗",
    "需要人工安装吗",
    "请问人工皮和真皮有什么区别",
    "人工降雨",
    "请人来安装",
    "请派人来取件",
    "叫人来修一下",
    "需要人来安装吗",
    "我和客服人员说过了",
    "刚才跟我聊的客服人员态度很差",
    "请问在线客服几点上班",
    "travel agent discount",
    "不用人工",
    "不要转人工",
    "别给我转人工",
    "我不想找人工",
    "不需要人工了，谢谢",
    "你不是人工吧",
    "我找快递员",
    "humanity",
    "agency",
    "这款人工合成的宝石保真吗",
    "human made 卫衣有货吗",
    "HUMAN RACE 鞋多少钱",
    "我要看真人实拍图",
    "给我发下真人上身图",
    "需要真人模特吗",
    "要求人工赔偿",
]


@pytest.mark.parametrize("text", WISHES)
def test_a_wish_for_a_person_is_heard(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_a_look_alike_is_left_to_the_bot(text: str) -> None:
    assert not asks_for_person(text)


def test_a_long_story_that_names_人工_is_left_to_the_classifier() -> None:
    assert not asks_for_person(
        "上周买的洗衣机一直没有人来装，打了三次电话，每次都说转人工然后就断线了，气死我了"
    )


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert asks_for_person(text) in (True, False)


@given(st.sampled_from(["转人工", "人工客服", "找真人"]), st.text("！!。.~ 　…?？", max_size=8))
def test_punctuation_and_spaces_around_the_wish_change_nothing(wish: str, noise: str) -> None:
    assert asks_for_person(noise + wish + noise)


@pytest.mark.parametrize(
    "text",
    [
        "不用转人工，你告诉我怎么退就行",
        "不要给我转人工，我自己看",
        "先不找客服，查下物流",
        "没必要麻烦真人",
        "刚才已经跟人工聊过了，退款什么时候到",
        "你是真人吗",
        "到底是人工还是机器",
        "你是机器人啊",
    ],
)
def test_a_person_who_is_named_but_not_wanted(text: str) -> None:
    assert declines_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "不要机器人，转人工",
        "跟客服聊过了没用，还是给我转人工",
        "你是真人吗，不是就帮我转人工",
        "别糊弄我了，叫个人来",
        "刚才跟客服聊过了没解决，转人工",
        "你是真人吗？我要真人",
        "不用客服机器人，要人工",
        "联系客服过了三天没人回，要人工",
        "你是人工吗 不是的话转人工",
        "不要再转客服了，直接找你们经理",
        "能不能别找客服推脱，让真人来",
        "你是机器人吧，我要跟人说",
        "人工",
    ],
)
def test_a_wish_is_not_taken_for_its_opposite(text: str) -> None:
    assert not declines_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "我要投诉！快递丢了三天没人管，转人工",
        "退款三天没到账，转人工",
        "快递丢了转人工",
        "发票开错了帮我转人工",
        "衣服破洞，找真人客服",
    ],
)
def test_a_wish_with_its_matter_is_more_than_a_wish(text: str) -> None:
    assert asks_for_person(text)
    assert not asks_for_nothing_else(text)


@pytest.mark.parametrize("text", WISHES)
def test_a_bare_wish_says_nothing_of_the_matter(text: str) -> None:
    assert asks_for_nothing_else(text)
