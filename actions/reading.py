"""Reading what a customer answers to a question of a form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_NOISE = re.compile(r"[\W_]+")
_NOT_CHINESE = re.compile("[^\u4e00-\u9fff]+")
_WISH = re.compile(
    r"你好|您好|在吗|亲|麻烦|谢谢|请问|请|帮忙|帮我|帮|给我|我要|我想要|我想|想要|我|要|想|能不能|可以|需要|正式"
    r"|投诉|举报|登记|登个记|留言|留个言|反馈|反映|报修|提交|提个|提|建个|建|开个|开|工单|单子|记录|记下来|记一下|备案"
    r"|问题|情况|这件事|这个事|事情|事儿|一下|一个|个|下|你们|你|把|先|就|行|吗|吧|呢|啊|呀|的|来|去|到底|必须|强烈"
    # how it should be handled rather than what happened
    r"|人工|排队|太长|没人接|没人|有人|电话|打给|回电|回复|回话|来电|联系|通知|告诉|消息|短信|不等了|等"
    r"|处理好?|跟进|核实|安排|后台|内部|流转|查进度|查清楚|进度|到时候|受理|编号|单号|留|备注|申请单|填表|那个表"
    r"|专员|专人|技术|部门|有关|转达|录入|写下|晚上|明天|上班|不方便|然后|那就|再|自己|不会[弄填]|帮不|好了|说一遍"
)
_HAPPENED = re.compile(
    r"[了没不未坏漏丢错碎烂裂慢骂少假骗摔乱扔凶欺诈泄迟掉断响臭坑]|一直|还是|态度|收到|退款"
)
_LEAST_STORY = 4
_SURE_STORY = 9
"""Characters left without the words of a wish: enough for a story, with and without a word that
says that something happened.
"""

_NOTHING = re.compile(
    r"没有|没带|没了|没存|忘记?|不记得|记不清?|记不住|找不到|不知道|不清楚|查不到|跳过|略过|^无$|^没$|木有"
    r"|不方便|不留|不想[留说给]?|不用|不给|^no$|^none$|^skip$",
    re.IGNORECASE,
)
_AROUND_NOTHING = re.compile(
    r"订单|单号|编号|号码?|联系方式|手机|电话|微信|邮箱|我|您|你|现在|暂时|这个|那个|真的|也|都|了|啦|的|啊|呀|哦|呢|在|是|留|谢谢|抱歉"
)
_MOST_AROUND = 2
"""Characters besides the usual ones: 「没有收到货」 is a story, 「我也没有订单号啊」 is not."""

_DECLINES = re.compile(
    r"不用|不必|不需要|不麻烦|不劳|不了|不要了|免了|算了|大可|唔使|谢|没有了|没了|thank",
    re.IGNORECASE,
)
_CONTRADICTS = re.compile(r"不[是对]|布是|错|误会|没这|没有这|哪有|唔系|不正确|不可能|不成立")

_QUESTION = re.compile(
    r"[?？]|吗|么$|呢$|怎么|怎样|咋|如何|多久|多少|几[点天号个时]|什么|啥|谁|哪|能不能|能否|可不可以|是不是|有没有|为何"
)
_CONFIRMED = re.compile(
    r"^[嗯恩啊哦]*(是|对|没错|就是|正是|要|想|可以说|yes|dui|shi)(?!不)", re.IGNORECASE
)
_WECHAT_ID = re.compile(r"[A-Za-z][-_A-Za-z0-9]{5,19}")
_DIGIT = re.compile(r"\d")
_LEAST_ISSUE = 4
CONTACTS = ("phone", "email", "wechat")
"""Entities that can be a contact."""


def tells_a_story(text: str) -> bool:
    """Does a message that asks for a ticket also say what happened?"""
    rest = _NOT_CHINESE.sub("", _WISH.sub("", text))
    return len(rest) >= (_LEAST_STORY if _HAPPENED.search(rest) else _SURE_STORY)


def is_issue(text: str) -> bool:
    """Is there enough in it to work with?"""
    return len(_NOISE.sub("", text)) >= _LEAST_ISSUE


def without_entities(text: str, entities: Sequence[Mapping[str, Any]]) -> str:
    """What is said besides the numbers and addresses."""
    for item in sorted(entities, key=lambda found: -int(found["start"])):
        text = text[: int(item["start"])] + text[int(item["end"]) :]
    return text


def asks_something(text: str) -> bool:
    """Does it look like a question?"""
    return bool(_QUESTION.search(text))


def declines(text: str) -> bool:
    """「不用了」「谢谢」: no to an offer."""
    return bool(_DECLINES.search(text))


def contradicts(text: str) -> bool:
    """「不是这个」「不对」: no to what was said."""
    return bool(_CONTRADICTS.search(text))


def confirms(text: str) -> bool:
    """「是的」「对，就是这个」: a yes to a guess; 「好的」「哦哦」 only say that it was read."""
    return bool(_CONFIRMED.search(_NOISE.sub("", text)))


def has_nothing(text: str) -> bool:
    """「没有」「不记得」「跳过」 and the like."""
    bare = _NOISE.sub("", text)
    rest = _AROUND_NOTHING.sub("", _NOTHING.sub("", bare))
    return bool(_NOTHING.search(bare)) and len(rest) <= _MOST_AROUND


def wechat_id(text: str) -> str | None:
    """A WeChat id when nothing else is said, as an answer to "how can we reach you"."""
    match = _WECHAT_ID.fullmatch(text.strip())
    return match.group() if match else None


def is_number_like(text: str) -> bool:
    """Mostly digits or letters: an attempt at a number rather than a sentence."""
    bare = _NOISE.sub("", text)
    signs = sum(1 for char in bare if char.isascii())
    return bool(_DIGIT.search(bare)) and signs * 2 >= len(bare)


def last_entity(entities: Sequence[Mapping[str, Any]], *names: str) -> str | None:
    """Value of the last entity with one of `names`."""
    found = [item for item in entities if item.get("entity") in names]
    return str(found[-1]["value"]) if found else None
