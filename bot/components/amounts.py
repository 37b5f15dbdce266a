"""Money in Chinese words: 「三百二十块五」, 「两千」, 「1.2万」, all in fen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.components.chinese_numbers import DIGITS, NUMERAL, read_numeral
from nlp.numbers import Found

_DIGIT = "[零〇一二两三四五六七八九]"
_WORDS = re.compile(
    rf"(?<![第初{NUMERAL}\d.])(?P<number>[{NUMERAL}]+|\d{{1,7}}(?=[块毛角]))(?P<about>[多来几])?"
    rf"(?P<unit>元钱?|块钱?|圆|毛钱?|角)?"
    rf"(?:(?P<jiao>{_DIGIT}|(?<=块)[1-9])(?:[毛角](?:(?P<fen>{_DIGIT})分?)?(?!\d))?)?"
)
_BARE = re.compile(
    r"(?<![\d.])(?P<number>\d{1,6}(?:\.\d{1,4})?)\s*(?P<unit>[万千百])(?P<yuan>元|块)?"
)
_BARE_UNITS = {"万": 10_000, "千": 1_000, "百": 100}

# 「两千个」 counts things, 「三百」 alone is money
_MEASURE = re.compile(
    r"\s*(?:多|来|几)?\s*(?:个|次|年|天|条|里|公|人|斤|克|米|步|件|台|本|页|字|张|只|遍|秒|像素|毫|瓦|[wWkKgGmMlL]|转"
    r"|升|包|抽|名|种|家|平|度|号|点|层|楼|路|积分|分|粉|位|倍|单|箱|袋|瓶|盒|片|颗|粒|双|套|期|月|周|小时|寸|岁|届|夜|亿"
    r"|货公?|度|姓|般|合|科|宝|叶|变|分之)"
)
# 「一块去」 is no money, 「三块电池」 counts pieces
_PIECE = re.compile(r"[儿头地\u4e00-\u9fff]")
_AFTER_YUAN = re.compile(r"[了吧吗呢的啊呀多钱左以不都就还给退也，。]")
_LEAST_BARE = 100
_IDIOMS = ("二百五", "百万", "千万", "万一", "万千", "百千", "十万", "一百一")


def find_amounts(text: str) -> list[Found]:
    """Amounts in fen, in order; digits with 元 are found by `find_numbers`."""
    found = list(_in_words(text))
    for item in _with_unit(text):
        if all(item.end <= it.start or item.start >= it.end for it in found):
            found.append(item)
    return sorted(found, key=lambda item: item.start)


def _with_unit(text: str) -> Iterator[Found]:
    for match in _BARE.finditer(text):
        if not match["yuan"] and _MEASURE.match(text, match.end()):
            continue
        whole, _, rest = match["number"].partition(".")
        unit = _BARE_UNITS[match["unit"]]
        fen = int(whole) * unit * 100 + int((rest + "0000")[:4]) * unit * 100 // 10_000
        yield Found("amount", fen, match.start(), match.end())


def _in_words(text: str) -> Iterator[Found]:
    for match in _WORDS.finditer(text):
        value = read_numeral(match["number"])
        if value is None:
            continue
        unit = (match["unit"] or "")[:1]
        if not unit:
            yield from _without_unit(text, match, value)
        elif unit in "毛角":
            end = match.end("unit")
            yield Found("amount", value * 10, match.start(), end)
        elif not _is_piece(text, match, unit):
            yield Found("amount", value * 100 + _change(match), match.start(), match.end())


def _change(match: re.Match[str]) -> int:
    """Fen behind the yuan: 「块五」, 「块五毛」, 「元五角二分」."""
    jiao, fen = match["jiao"], match["fen"]
    if not jiao:
        return 0
    tenth = int(jiao) if jiao.isdigit() else DIGITS[jiao]
    return tenth * 10 + (DIGITS[fen] if fen else 0)


def _is_piece(text: str, match: re.Match[str], unit: str) -> bool:
    if unit != "块" or match["unit"] == "块钱" or match["jiao"]:
        return False
    after = text[match.end("unit") : match.end("unit") + 1]
    if not after or _AFTER_YUAN.match(after):
        return False
    return bool(_PIECE.match(after)) and len(match["number"]) == 1


def _without_unit(text: str, match: re.Match[str], value: int) -> Iterator[Found]:
    number, end = match["number"], match.end("about") if match["about"] else match.end("number")
    if value < _LEAST_BARE or not any(char in number for char in "百千万"):
        return
    if number in _IDIOMS or number[0] in "零百千万" or _MEASURE.match(text, end):
        return
    yield Found("amount", value * 100, match.start(), end)
