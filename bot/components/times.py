"""Times of day: 「下午三点半」 → 15:30, 「2点到4点」 → 14:00/16:00, 「上午」 → morning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.components.chinese_numbers import read_numeral
from nlp.numbers import Found

PARTS = {
    "凌晨": "night",
    "清晨": "morning",
    "一早": "morning",
    "早上": "morning",
    "早晨": "morning",
    "上午": "morning",
    "中午": "noon",
    "下午": "afternoon",
    "午后": "afternoon",
    "傍晚": "evening",
    "晚上": "evening",
    "夜里": "evening",
    "晚间": "evening",
}
_GREETING = r"(?!好|安|茶|那[个单]|买的|下的单)"
_PART = re.compile(
    rf"(?:{'|'.join(PARTS)}){_GREETING}|(?<=[今明后天])(?:早(?![年已])|晚(?![了点会]))"
)
_HOUR = r"\d{1,2}|零(?!点[一二三四五六七八九])|[一二两三四五六七八九]|十[一二]?|二十[一二三四]?"
_MINUTE = r"半|整|钟|[一三]刻|\d{1,2}分?|[二三四五]?十[一二三四五六七八九]?分?"
_CLOCK = re.compile(
    rf"(?P<part>{'|'.join(PARTS)}|(?<=[今明])[早晚])?\s*"
    rf"(?:(?<![\d:：.])(?P<hh>[01]?\d|2[0-3])[:：](?P<mm>[0-5]\d)(?![\d:：])"
    rf"|(?<![\d.有快差慢多少几一二三四五六七八九十])(?P<hour>{_HOUR})\s*点(?!\d*[折%])(?P<rest>{_MINUTE})?)"
)
# 「三点建议」, 「12点半的会」, 「一点都不」
_NO_CLOCK = re.compile(
    r"\s*(?:建议|要求|意见|问题|原因|疑问|说明|不明白|不满|诉求|理由|都不|也不|儿|的(?:会|课|车|飞机|火车|高铁|班|电影|闹钟|航班|动车|票))"
)
_TO = re.compile(r"\s*(?:到|至|-|~|—+|～)\s*")
_AFTER = re.compile(r"\s*(?:以后|之后|过后|后)(?![天悔])")
_BEFORE = re.compile(r"\s*(?:以前|之前|前)(?!天)")
_DAY_BEGINS, _DAY_ENDS = "08:00", "21:00"
_LAST_HOUR = 24 + 4
"""「夜里四点」."""
_LATE = {"晚上", "夜里", "晚间", "晚"}
_QUARTERS = {"半": 30, "一刻": 15, "三刻": 45}


def find_times(text: str) -> list[Found]:
    """Times (`time`: HH:MM, or from/to) and parts of the day (`day_part`), in order.

    An hour from 1 to 6 without a part of the day is in the afternoon: nobody is visited at three
    in the night. What is after the midnight that ends the day goes on from 24:00: 「今晚12点」 is
    24:00 of today and 「晚上一点」 25:00; 「明天凌晨一点」 is 01:00 of tomorrow.
    """
    found = list(_clocks(text))
    for match in _PART.finditer(text):
        if all(match.end() <= it.start or match.start() >= it.end for it in found):
            name = PARTS.get(match.group()) or ("morning" if match.group() == "早" else "evening")
            found.append(Found("day_part", name, match.start(), match.end()))
    return sorted(found, key=lambda item: item.start)


def _clocks(text: str) -> Iterator[Found]:
    position = 0
    while match := _CLOCK.search(text, position):
        position = match.end()
        first = _read(match, None)
        if first is None or _NO_CLOCK.match(text, match.end()):
            continue
        between = _TO.match(text, match.end())
        second = _CLOCK.match(text, between.end()) if between else None
        end = _read(second, match["part"], first) if second else None
        if second and end and end > first:
            position = second.end()
            yield Found("time", f"{first}/{end}", match.start(), position)
        elif after := _AFTER.match(text, match.end()):
            position = after.end()
            yield Found("time", f"{first}/{max(_DAY_ENDS, first)}", match.start(), position)
        elif before := _BEFORE.match(text, match.end()):
            position = before.end()
            yield Found("time", f"{min(_DAY_BEGINS, first)}/{first}", match.start(), position)
        else:
            yield Found("time", first, match.start(), match.end())


def _read(match: re.Match[str], part: str | None, after: str = "") -> str | None:
    """HH:MM of one clock time; `part` is that of the time before, `after` that time itself."""
    if match["hh"]:
        hour, minute = int(match["hh"]), int(match["mm"])
    else:
        read = read_numeral(match["hour"])
        if read is None or read > 24:
            return None
        if match["hour"] == "一" and not (match["part"] or part or match["rest"]):
            return None  # 「一点」 is "a little"
        hour, minute = read, _minute(match["rest"])
    hour = _of_day(hour, match["part"] or part, bool(match["hh"]))
    if after and hour <= 12 and f"{hour:02d}:{minute:02d}" <= after:
        hour += 12
    return f"{hour:02d}:{minute:02d}" if hour <= _LAST_HOUR and minute <= 59 else None


def _minute(rest: str | None) -> int:
    if not rest or rest in {"整", "钟"}:
        return 0
    if rest in _QUARTERS:
        return _QUARTERS[rest]
    return read_numeral(rest.rstrip("分")) or 0


def _of_day(hour: int, part: str | None, exact: bool) -> int:
    name = {"早": "morning", "晚": "evening"}.get(part or "") or PARTS.get(part or "")
    if part in _LATE and (hour <= 4 or hour == 12):
        return hour % 12 + 24
    if name == "night" and hour == 12:
        return 0
    if name in {"afternoon", "evening"} and hour < 12:
        return hour + 12
    if name == "noon" and hour <= 2:
        return hour + 12
    if name is None and not exact and 1 <= hour <= 6:
        return hour + 12
    return hour
