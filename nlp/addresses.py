"""Postal addresses: a chain of region, street, number and building, found without a word list
of all places.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from nlp.numbers import Found

_PLACES = Path(__file__).with_name("places.txt")
_CHINESE = "[\u4e00-\u9fff]"
_GAP = r"[ \t,，、]{0,2}"
_NUMBER = r"[0-9A-Za-z零一二三四五六七八九十百甲乙]{1,5}(?:-\d{1,5}){0,2}"
_REGION = (
    rf"{_CHINESE}{{1,7}}?(?:自治区|自治州|特别行政区|开发区|高新区|新区|街道|省|市|区|县|旗|镇|乡|盟)"
    r"(?![别分间块域号长民])"
)
_STREET = (
    rf"{_CHINESE}{{1,8}}?(?:大道|大街|胡同|路|街|巷|弄|道|里(?=\s*\d))"
    r"(?!上|边|口|人|过|径|线)(?:[东南西北中]{1,2}段)?"
)
_HOUSE = rf"{_NUMBER}\s*(?:号院|号楼|单元|号|弄|栋|幢|座|室|层|楼|期|组|队|门|户)(?:院|楼)?"
_BUILDING = (
    rf"(?:{_CHINESE}|[A-Z0-9]){{1,10}}?(?:小区|社区|花园|花苑|公寓|大厦|广场|大学|学院|中学|小学|幼儿园|医院|家属院|宿舍|公馆"
    r"|新村|驿站|工业园|科技园|产业园|写字楼|商城|国际|中心|村|苑|园|府|湾|庭|城|居|院|寓|厂)(?!的)"
)
_OTHER = "(?!是|不是|改|换|而|应|收|电|送|寄|请|谢|我|你|他|她|到|去)"
"""How a word goes on that is no part of an address."""
_ROOM = r"\d{3,4}(?!\d|年|月|元|块)"

_TOKEN = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            ("house", _HOUSE),
            ("region", _OTHER + _REGION),
            ("street", _OTHER + _STREET),
            ("building", _OTHER + _BUILDING),
            ("room", _ROOM),
        )
    )
)
_NO_STREET = "(?![东南西北中]?(?:路|街|大道|道|巷|里)|小区|花园|大厦|大学|广场|人)"
"""「中山路」 is a street, 「中山」 a city."""
_FLOOR = re.compile(rf"{_GAP}[东南西北一二三四五六七八九十]{{1,2}}(?:楼|层|门|单元)")
_CUE = re.compile(
    r"(?:地址|收货地)?(?:修?改|更?换|写|填|送|寄|发|搬|配送|派送|邮)(?:成|到|为|去|回|在|至)(?:了|的是)?\s*[:：]?\s*"
    r"|(?:地址|住址|收货地)(?:是|为|应该是|在|[:：])?\s*[:：]?\s*|(?:人|我|家)?住(?:在)?|家在|(?:安装|上门|服务|维修|保洁|清洗)(?:到|去|在)|(?<=[我人们家都])在|不?是(?=\S{2,8}(?:路|街|区|市|省))"
)
_BREAK = re.compile(r"(?:^|[，。；;:：！？!?\n])\s*")
_SHORTEST = 5
_KINDS_NEEDED = 2


@cache
def places() -> tuple[str, ...]:
    """Known provinces and cities, the longest first."""
    lines = _PLACES.read_text(encoding="utf-8").splitlines()
    names = {name for line in lines if not line.startswith("#") for name in line.split()}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


@cache
def _place() -> re.Pattern[str]:
    names = "|".join(map(re.escape, places()))
    return re.compile(rf"(?:{names})(?:特别行政区|(?:{_CHINESE}{{2,3}})?自治区|省|市)?{_NO_STREET}")


def find_addresses(text: str) -> list[Found]:
    """Addresses of `text` as entity `address`, in order; the value has no gaps.

    It takes at least two kinds of parts, one of them finer than a district: 「青石市柳湖区」 and
    「我在路上」 are none.
    """
    found: list[Found] = []
    end = 0
    for start in _starts(text):
        if start < end:
            continue
        stop = _read(text, start)
        if stop is not None:
            value = re.sub(r"[\s,，、]+", "", text[start:stop])
            found.append(Found("address", value, start, stop))
            end = stop
    return found


def _starts(text: str) -> list[int]:
    known = {match.start() for match in _place().finditer(text)}
    named = {match.end() for match in _CUE.finditer(text)}
    begins = {match.end() for match in _BREAK.finditer(text)}
    # a known city or a cue beats the beginning of the sentence, which may hold other words
    sure = known | named
    return sorted(sure | {place for place in begins if not _sure_follows(text, place, sure)})


def _sure_follows(text: str, start: int, sure: set[int]) -> bool:
    stop = _BREAK.search(text, start + 1)
    limit = stop.start() if stop else len(text)
    return any(start < place < limit for place in sure)


def _read(text: str, start: int) -> int | None:
    """Where the address that begins at `start` ends; None when there is none."""
    kinds: list[str] = []
    end = start
    first = _place().match(text, start)
    while first:
        kinds.append("region")
        end = first.end()
        first = _place().match(text, end)
    while True:
        gap = re.compile(_GAP).match(text, end)
        begin = gap.end() if gap and kinds else end
        token = _TOKEN.match(text, begin)
        if token is None or not token.lastgroup or (token.lastgroup == "room" and not kinds):
            break
        kinds.append(token.lastgroup)
        end = token.end()
    if tail := _FLOOR.match(text, end):
        end = tail.end()
    fine = {"street", "house", "building"} & set(kinds)
    if len(set(kinds)) < _KINDS_NEEDED or not fine or end - start < _SHORTEST:
        return None
    return end
