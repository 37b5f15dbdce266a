from __future__ import annotations

from datetime import datetime, timedelta

from simulator.wechat.ledger import Ledger
from simulator.wechat.rules import Rules
from tests.support.wechat.desks import NOON

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def spend(ledger: Ledger, count: int, at: datetime = NOON) -> list[int]:
    answers = []
    for _ in range(count):
        verdict = ledger.verdict(at)
        answers.append(verdict)
        if not verdict:
            ledger.charge(at)
    return answers


def test_who_never_wrote_gets_nothing() -> None:
    assert Ledger(Rules()).verdict(NOON) == 45015


def test_a_message_allows_five_within_48_hours() -> None:
    ledger = Ledger(Rules())
    ledger.open("message", NOON)
    assert spend(ledger, 6) == [0, 0, 0, 0, 0, 45047]
    ledger.open("message", NOON)
    assert ledger.verdict(NOON + 2 * DAY - timedelta(seconds=1)) == 0
    assert ledger.verdict(NOON + 2 * DAY) == 45015


def test_a_tap_allows_three_within_a_minute() -> None:
    ledger = Ledger(Rules())
    ledger.open("tap", NOON)
    assert spend(ledger, 4) == [0, 0, 0, 45047]
    assert ledger.verdict(NOON + MINUTE) == 45015


def test_the_window_that_ends_first_is_used_first() -> None:
    ledger = Ledger(Rules())
    ledger.open("message", NOON)
    ledger.open("tap", NOON)
    assert spend(ledger, 3) == [0, 0, 0]
    assert spend(ledger, 6, NOON + MINUTE) == [0, 0, 0, 0, 0, 45047]


def test_both_windows_together_allow_eight() -> None:
    ledger = Ledger(Rules())
    ledger.open("message", NOON)
    ledger.open("tap", NOON)
    assert spend(ledger, 9) == [0] * 8 + [45047]


def test_where_messages_do_not_reset_the_count_only_the_time_is_longer() -> None:
    ledger = Ledger(Rules(every_message_resets=False))
    ledger.open("message", NOON)
    assert spend(ledger, 5) == [0] * 5
    ledger.open("message", NOON + DAY)
    assert ledger.verdict(NOON + DAY) == 45047
    ledger.open("message", NOON + 4 * DAY)
    assert ledger.verdict(NOON + 4 * DAY) == 0


def test_after_unfollowing_nothing_may_be_sent() -> None:
    ledger = Ledger(Rules())
    ledger.open("message", NOON)
    ledger.close()
    assert ledger.verdict(NOON) == 45015
