"""Days customers name, as ISO dates: 「大后天」, 「下礼拜二」, 「11月25号」, 「月底」."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from bot.components.chinese_numbers import read_numeral
from nlp.numbers import Found

_COUNT = r"\d{1,2}|[一二两三四五六七八九十廿]{1,3}"
_NEAR = {"大后": 3, "后": 2, "明": 1, "今": 0}
_NEAR_DAY = re.compile(
    r"(?<![大])(?P<day>大后|后|明|今)(?:[天儿日](?!性|赋|下(?!午)|鹅|猫)|(?=[早晚](?![年已]))|(?<=明)(?=[上下中]午))"
)
_WEEKDAYS = {char: index for index, char in enumerate("一二三四五六")} | {"日": 6, "天": 6}
_WEEKDAY = re.compile(
    r"(?P<week>上+个?|这个?|本|下+个?)?(?:周|星期|礼拜)"
    r"(?:(?P<day>[一二三四五六日天]|[1-7](?!\d|天|个|次))(?!开始每|到周|年|边|围)|(?P<end>末))"
    r"(?!愉快|快乐|好|不休|无休|版)"
)
_NUMBERED = re.compile(
    rf"(?:(?P<year>20\d\d)\s*[年./-])?\s*(?P<month>{_COUNT})\s*(?P<sign>月|/|(?<=\d)-(?=\d))\s*(?P<day>{_COUNT}|[二三]十[一二三四五六七八九]?)"
    r"\s*(?P<end>[号日])?(?!\d|[楼店线院元块%折])"
)
_DAY_ONLY = re.compile(
    r"(?<![\d型号路街巷弄道村里第单编月楼座栋园区苑./\-A-Za-z])(?P<next>下个?月)?(?P<day>\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])\s*号"
    r"(?!楼|店|线|电池|门|院|仓|柜|单元|馆|库|机|桌|铺|路|房|车|厅|码|色|链|楼|座|字|人|客|坐|球|床|弄|井|篮|键|站)"
)
_MONTH_END = re.compile(r"(?P<next>下个?)?月(?P<part>底|末|初)")
_AFTER_DAYS = re.compile(rf"(?:过(?P<past>{_COUNT})天|(?P<days>{_COUNT})天(?:之|以)?后)")
_HALF_YEAR = 183
_MOST_DAYS = 60


def find_dates(text: str, today: date) -> list[Found]:
    """Days of `text` as entity `date`, in order; `today` is the day of the message.

    「周六」 is the next one (today counts), 「下周二」 that of the next calendar week, 「周末」 the
    Saturday, 「月底」 the last and 「月初」 the first day. A day without a month is the next such
    day, a month without a year the nearest one. Days gone by (「上周三」) are not found.
    """
    finders: list[Callable[[str, date], Iterator[Found]]] = [
        _numbered,
        _near,
        _weekdays,
        _month_ends,
        _after_days,
        _day_only,
    ]
    found: list[Found] = []
    for finder in finders:
        for item in finder(text, today):
            if all(item.end <= it.start or item.start >= it.end for it in found):
                found.append(item)
    return sorted((item for item in found if item.value), key=lambda item: item.start)


def _found(day: date | None, match: re.Match[str]) -> Iterator[Found]:
    yield Found("date", day.isoformat() if day else "", match.start(), match.end())


def _near(text: str, today: date) -> Iterator[Found]:
    for match in _NEAR_DAY.finditer(text):
        yield from _found(today + timedelta(_NEAR[match["day"]]), match)


def _weekdays(text: str, today: date) -> Iterator[Found]:
    monday = today - timedelta(today.weekday())
    for match in _WEEKDAY.finditer(text):
        week = (match["week"] or "").rstrip("个")
        name = match["day"]
        number = 5 if match["end"] else _WEEKDAYS.get(name, int(name) - 1 if name.isdigit() else 0)
        if week.startswith("上"):
            yield from _found(None, match)
        elif week.startswith("下"):
            yield from _found(monday + timedelta(7 * len(week) + number), match)
        elif week or (match["end"] and today.weekday() <= number):
            yield from _found(monday + timedelta(number), match)
        else:
            yield from _found(today + timedelta((number - today.weekday()) % 7), match)


def _numbered(text: str, today: date) -> Iterator[Found]:
    for match in _NUMBERED.finditer(text):
        if match["sign"] != "月" and not (match["end"] or match["year"] or match["sign"] == "/"):
            continue
        month, day = read_numeral(match["month"]), read_numeral(match["day"])
        if month and day:
            year = int(match["year"]) if match["year"] else None
            yield from _found(_nearest(year, month, day, today), match)


def _nearest(year: int | None, month: int, day: int, today: date) -> date | None:
    if year is not None:
        return _day(year, month, day)
    days = [_day(today.year + offset, month, day) for offset in (-1, 0, 1)]
    known = [item for item in days if item]
    ahead = [item for item in known if 0 <= (item - today).days <= 2 * _HALF_YEAR]
    near = min(known, key=lambda item: abs((item - today).days), default=None)
    if near and abs((near - today).days) <= _HALF_YEAR // 2:
        return near
    return ahead[0] if ahead else near


def _day_only(text: str, today: date) -> Iterator[Found]:
    for match in _DAY_ONLY.finditer(text):
        number = read_numeral(match["day"])
        if not number or number > 31:
            continue
        month = _month_later(today, 1) if match["next"] else today
        day = _day(month.year, month.month, number)
        if not match["next"] and (day is None or day < today):
            later = _month_later(today, 1)
            day = _day(later.year, later.month, number)
        yield from _found(day, match)


def _month_ends(text: str, today: date) -> Iterator[Found]:
    for match in _MONTH_END.finditer(text):
        month = _month_later(today, 1) if match["next"] else today
        if match["part"] != "初":
            last = calendar.monthrange(month.year, month.month)[1]
            yield from _found(month.replace(day=last), match)
            continue
        if not match["next"] and today.day > 1:
            month = _month_later(today, 1)
        yield from _found(month.replace(day=1), match)


def _after_days(text: str, today: date) -> Iterator[Found]:
    for match in _AFTER_DAYS.finditer(text):
        days = read_numeral(match["past"] or match["days"])
        if days and days <= _MOST_DAYS:
            yield from _found(today + timedelta(days), match)


def _month_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
