"""What 微信客服 gives is read tolerantly: what is strange is left out or said to be unknown."""

from __future__ import annotations

from typing import Any

import pytest

from api.channels.wechat import kf_messages
from api.channels.wechat.kf_messages import KfPage


def read(**fields: Any) -> list[tuple[str, str]]:
    """Id and words of a page with one item."""
    raw = {"msgid": "m1", "external_userid": "wm1", "origin": 3, **fields}
    return [
        (item.msgid, kf_messages.words(item, content))
        for item, content in kf_messages.items(KfPage(msg_list=[raw]))
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"msgtype": "text", "text": {"content": "你好"}}, "你好"),
        ({"msgtype": "image", "image": {"media_id": "x"}}, "[图片]"),
        ({"msgtype": "voice"}, "[语音]"),
        ({"msgtype": "link", "link": {"title": "商城", "url": "https://a.test"}}, "[链接]\n商城"),
        ({"msgtype": "miniprogram", "miniprogram": {"title": "云杉"}}, "[小程序] 云杉"),
        ({"msgtype": "business_card", "business_card": {"userid": "li"}}, "[名片]"),
        ({"msgtype": "merged_msg", "merged_msg": {"title": "群聊"}}, "[聊天记录] 群聊"),
        ({"msgtype": "location", "location": "nowhere"}, "[不支持的消息类型]"),
        ({"msgtype": "text", "text": None}, "[不支持的消息类型]"),
        ({"msgtype": "hologram", "hologram": {}}, "[不支持的消息类型]"),
        ({}, "[不支持的消息类型]"),
    ],
)
def test_every_kind_has_words(fields: dict[str, Any], words: str) -> None:
    ((msgid, said),) = read(**fields)
    assert msgid == "m1"
    assert said.startswith(words)


@pytest.mark.parametrize(
    "fields",
    [
        {"msgid": None},
        {"msgid": ""},
        {"msgid": "\ud800"},
        {"msgid": "with blank"},
        {"external_userid": "a\x00b"},
        {"external_userid": "x" * 300},
        {"origin": "who"},
        {"send_time": "soon"},
    ],
)
def test_what_cannot_be_told_apart_or_placed_is_left_out(fields: dict[str, Any]) -> None:
    assert read(**fields) == []


@pytest.mark.parametrize("list_", [None, "none", {"0": {}}, [None, 7, "x", [], {}]])
def test_a_strange_page_is_an_empty_one(list_: object) -> None:
    answer = {"msg_list": list_, "has_more": None, "next_cursor": None}
    page = KfPage.model_validate(answer)
    assert (page.next_cursor, page.has_more) == ("", False)
    assert kf_messages.items(page) == []


def test_what_is_strange_leaves_the_others_of_its_page() -> None:
    page = KfPage.model_validate(
        {"msg_list": [None, {"msgid": "m1"}, "x"], "has_more": 1, "next_cursor": "c1"}
    )
    assert [item.msgid for item, _ in kf_messages.items(page)] == ["m1"]
    assert (page.next_cursor, page.has_more) == ("c1", True)


@pytest.mark.parametrize("send_time", [-1, 0, 10**18])
def test_a_time_that_cannot_be_is_one_that_can(send_time: int) -> None:
    page = KfPage(msg_list=[{"msgid": "m1", "send_time": send_time}])
    ((item, _),) = kf_messages.items(page)
    assert item.at.tzinfo is not None
