"""Which moment is meant, said in the evening of a Saturday unless told otherwise."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.tasks.times import wished_moment
from bot.components.facts import find_facts
from tests.unit.actions.talking import SHOP_TIME

EVENING = datetime(2026, 11, 21, 20, 15, tzinfo=SHOP_TIME)
NIGHT = datetime(2026, 11, 21, 0, 30, tzinfo=SHOP_TIME)


def meant(text: str, said_at: datetime = EVENING) -> str | None:
    """The moment a message names, in the time of the shop."""
    values = {item.entity: item.value for item in find_facts(text, said_at)}
    found = wished_moment(values, said_at)
    return None if found is None else f"{found:%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("今晚12点", "11-22 00:00"),
        ("今晚十二点半", "11-22 00:30"),
        ("今晚零点", "11-22 00:00"),
        ("今晚10点", "11-21 22:00"),
        ("明晚12点", "11-23 00:00"),
        ("明天凌晨", "11-22 00:00"),
        ("明天凌晨1点", "11-22 01:00"),
        ("明天凌晨12点", "11-22 00:00"),
        ("明天中午12点", "11-22 12:00"),
        ("明天下午三点", "11-22 15:00"),
        ("明天下午", "11-22 14:00"),
        ("明天", "11-22 10:00"),
        ("11月25号2点到4点", "11-25 14:00"),
    ],
)
def test_a_named_day_and_hour_are_that_moment(text: str, moment: str) -> None:
    assert meant(text) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("晚上9点", "11-21 21:00"),
        ("下午三点", "11-22 15:00"),
        ("凌晨两点", "11-22 02:00"),
        ("夜里两点", "11-22 02:00"),
        ("晚上", "11-21 19:00"),
        ("上午", "11-22 09:00"),
        ("晚上8点到10点", "11-21 20:00"),
    ],
)
def test_without_a_day_it_is_the_next_such_time(text: str, moment: str) -> None:
    assert meant(text) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("晚上一点", "11-21 01:00"),
        ("今晚一点", "11-21 01:00"),
        ("今晚8点", "11-21 20:00"),
        ("今晚12点", "11-22 00:00"),
        ("明天凌晨", "11-22 00:00"),
    ],
)
def test_in_the_night_the_hours_to_come_are_meant(text: str, moment: str) -> None:
    assert meant(text, NIGHT) == moment


def test_without_a_time_there_is_none() -> None:
    assert meant("尽快打给我") is None
