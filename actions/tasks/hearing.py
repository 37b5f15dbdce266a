"""What a message tells about slots: values, corrections, yes and no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from actions import reading
from actions.conversation import Turn
from actions.tasks.model import Option, Slot

_CORRECTS = re.compile(
    r"不对|错了|[写搞弄说填打]错|发错了(?=[，,。 ]|$)|改成|改为|改到|改一下|换成|换到|换为|换一?个"
    r"|应该是|更正|不是.{1,30}?[，, ]?(?:而)?是|修改"
)
_YES = re.compile(
    r"(?:嗯+|恩|好的?|行|可以|对的?|是的?|没错|没问题|确认(?:提交|办理|预约|取消)?|确定|提交|同意"
    r"|就这样|ok|OK|Ok|yes|办吧|就这么办|要的|嗯呐|成|中)"
    r"(?:[，, 。.!！]*(?:好的?|的|了|吧|啊|呀|呢|哈|啦|可以|确认|提交|办理|谢谢"
    r"|麻烦(?:您|你)?了?|帮我(?:办|取消|提交)吧?|对|是|没错))*[。.!！~～]*"
)
_NO = re.compile(
    r"(?:修改|不对|不是|不|改一下|要改|有误|错了|不正确|不行|否|no|NO)[的了啊呀哦吧。.!！]*"
)
_OUT = re.compile(
    r"(?:取消吧?|算了(?:吧|不[弄办要用]了?)?|不[弄办要用搞想]了?|先不[弄办要用]?了?|不需要了|停|停止|退出|放弃|暂不取消|不取消了?|下次再说|以后再说|不登记了|不提交了?)"
    r"[吧了啊谢。.!！，, ]*(?:谢谢)?"
)
_CANCEL_IT = re.compile(
    r"(?:(?:对|是的?|嗯|好的?|行|可以|那|就|请|麻烦|帮我|给我|直接|确认|确定)[，, ]*)*"
    r"取消(?:掉|了(?=吧))?(?:它|(?:这个|这单)?(?P<what>订单|单子|预约)?)"
    r"[吧啊呀哈，, ]*(?:谢谢)?[。.!！~～]*"
)
_ENOUGH = re.compile(r"不用|不需要|先这样|拜拜|再见")
_ORDINALS = ("一1①", "二2②", "三3③", "四4④", "五5⑤", "六6⑥")
_ORDINAL = re.compile(
    r"(?:就?(?:选|要)?第?\s*([一二三四五六1-6①-⑥])\s*[个项条单笔]?[吧。]?)|(?:选?\s*([1-6])[.、]?)"
)
_LEAD = re.compile(r"^(?:(?:我)?(?:想|要)?(?:换成|改成|换|是因为|因为))\s*")
_NEGATED = re.compile(r"不是\s*$|不要\s*$|别\s*$")
_SHORT = 14
_SURE_YES = 0.85
_NO_YES = re.compile(r"[不没别改换?？吗\d①-⑥]|第.个")


_ADDRESS_PARTS = tuple(map(re.compile, ("号", "幢|栋|号楼|座", "单元", "室|楼|层|房")))
_NUMBERED = re.compile(r"[0-9A-Za-z]+\s*(号楼|号|幢|栋|座|单元|室|楼|层|房)")
_ADDRESS_END = re.compile(
    rf"{_NUMBERED.pattern}[0-9A-Za-z\s号幢栋座单元室楼层房-]*(?=[，。,.!！吧啊呀哈]*$)"
)


def corrects(turn: Turn) -> bool:
    """Does it put something right that was told before?"""
    return turn.intent == "correct" or bool(_CORRECTS.search(turn.text))


def agrees(turn: Turn) -> bool:
    """A plain yes, nothing besides: things are done on it, so a guess is not enough."""
    text = turn.text.strip()
    if _YES.fullmatch(text):
        return True
    sure = turn.intent == "affirm" and turn.confidence >= _SURE_YES
    return sure and len(text) <= _SHORT and not turn.entities and not _NO_YES.search(text)


def cancels(turn: Turn, what: str) -> bool:
    """「取消吧」, where `what` may be cancelled: do it.

    「取消」 alone is the button that leaves a task.
    """
    text = turn.text.strip()
    match = _CANCEL_IT.fullmatch(text) if text != "取消" else None
    return match is not None and match["what"] in {None, *what.split("|")}


def refuses(turn: Turn) -> bool:
    """A plain no, or the button that asks to change something."""
    text = turn.text.strip()
    return bool(_NO.fullmatch(text)) or (turn.intent == "deny" and len(text) <= _SHORT)


def leaves(turn: Turn) -> bool:
    """The customer wants to stop; a long sentence about not wanting something is none."""
    text = turn.text.strip()
    if _OUT.fullmatch(text):
        return True
    if turn.intent == "nothing_more" and not _ENOUGH.search(text):
        return False
    return turn.intent in {"stop", "goodbye", "nothing_more"} and len(text) <= _SHORT - 2


def told(slot: Slot, turn: Turn) -> str | None:
    """A value that gives itself away wherever it is said: an entity, or words around it."""
    if slot.passing and (match := slot.passing.search(turn.text)):
        return match[1]
    if not slot.entities:
        return None
    fitting = [item for item in turn.entities if item.get("entity") in slot.entities]
    said = [item for item in fitting if not _NEGATED.search(turn.text[: int(item["start"])])]
    return str(said[-1]["value"]) if said else None


def chosen(slot: Slot, text: str) -> str | None:
    """The choice whose words are in `text`; the first that fits counts."""
    bare = re.sub(r"不是[^，, ]*", "", text)
    for choice in slot.choices:
        if choice.title == text.strip():
            return choice.value
    return next((item.value for item in slot.choices if item.words.search(bare)), None)


def picked(options: Sequence[Option], turn: Turn) -> Option | None:
    """The offered option that is meant: by its title, its value, or its place in the list."""
    text = turn.text.strip()
    for option in options:
        if text in {option.title, option.value}:
            return option
    inside = [it for it in options if it.value in text or it.title in text]
    if len(inside) == 1:
        return inside[0]
    if (match := _ORDINAL.fullmatch(text)) and (sign := match[1] or match[2]):
        place = next(index for index, signs in enumerate(_ORDINALS) if sign in signs)
        return options[place] if place < len(options) else None
    return None


def answered(slot: Slot, turn: Turn) -> str | None:
    """What an answer to the question for `slot` says, None when it says nothing of the kind."""
    if value := told(slot, turn):
        return value
    if slot.name == "phone_tail" and (phone := reading.last_entity(turn.entities, "phone")):
        return phone[-4:]
    if value := chosen(slot, turn.text):
        return value
    text = _LEAD.sub("", turn.text.strip())
    folded = unicodedata.normalize("NFKC", text)
    if slot.pattern and (match := slot.pattern.fullmatch(folded)):
        return next(group for group in match.groups() if group)
    if slot.least and len(re.sub(r"[\W_]+", "", text)) >= slot.least:
        return text[: slot.most]
    return None


def corrected(slot: Slot, turn: Turn) -> str | None:
    """A new value for `slot` in a message that corrects: 「抬头改成…」, 「原因换成质量问题」."""
    if value := told(slot, turn):
        return value
    if slot.choices and (value := chosen(slot, turn.text)):
        return value
    if not slot.least and slot.pattern is None:
        return None
    names = slot.names.pattern
    match = re.search(
        rf"(?:{names})\S{{0,4}}?(?:改成|改为|换成|换为|应该是|是|为|写)\s*[:：]?\s*([^，。；\n]{{1,60}})",
        turn.text,
    )
    return match[1].strip() if match else None


def amended(address: str, text: str) -> str | None:
    """`address` with the end that `text` tells anew: 「不对，是 5 幢 502」; None for anything else.

    The end begins where the old address has a part of the same kind (number, building, unit).
    """
    told = _ADDRESS_END.search(text)
    if told is None:
        return None
    kind = next(kind for kind in _ADDRESS_PARTS if kind.fullmatch(told[1]))
    old = next((part for part in _NUMBERED.finditer(address) if kind.fullmatch(part[1])), None)
    return address[: old.start()] + told[0].strip() if old else None


def time_fits(option: Option, values: Mapping[str, Any]) -> bool:
    """Is an offered time on the day and at the hour that was asked for?"""
    if (day := values.get("date")) and option.day and option.day != day:
        return False
    if time := values.get("time"):
        start, _, end = str(time).partition("/")
        return start <= option.clock < end if end else option.clock == start
    part = values.get("day_part")
    return (
        not part
        or _part_of(option.clock) == part
        or (part == "noon" and option.clock[:2] in {"11", "12", "13"})
    )


def _part_of(clock: str) -> str:
    if clock < "12:00":
        return "morning"
    return "afternoon" if clock < "18:00" else "evening"


def is_question(turn: Turn) -> bool:
    """A question with a sure answer, such as an FAQ entry has."""
    if turn.intent != "faq" or turn.verdict != "answer" or not turn.ranking:
        return False
    if turn.ranking[0].score >= 1.0:
        return True
    return reading.asks_something(turn.text) and len(turn.text) <= 30
