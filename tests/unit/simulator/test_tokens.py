from __future__ import annotations

from datetime import timedelta

import pytest

from simulator.wechat.answers import Refused
from simulator.wechat.rules import Rules
from simulator.wechat.tokens import Tokens
from tests.support.wechat.desks import NOON

SECOND = timedelta(seconds=1)


def test_everybody_who_asks_gets_the_same_token() -> None:
    tokens = Tokens(Rules())
    first, seconds = tokens.stable(NOON)
    assert (len(first), seconds) == (512, 7200)
    assert tokens.stable(NOON + 100 * SECOND) == (first, 7100)


def test_a_new_token_five_minutes_early_leaves_the_old_one_its_time() -> None:
    tokens = Tokens(Rules())
    first, _ = tokens.stable(NOON)
    later = NOON + 6900 * SECOND
    second, seconds = tokens.stable(later)
    assert (second != first, seconds) == (True, 7200)
    assert [tokens.check(each, later) for each in (first, second)] == [0, 0]
    end = NOON + 7200 * SECOND
    assert [tokens.check(each, end) for each in (first, second)] == [42001, 0]


def test_a_forced_refresh_ends_the_old_token() -> None:
    tokens = Tokens(Rules())
    first, _ = tokens.stable(NOON)
    second, _ = tokens.stable(NOON, force=True)
    assert [tokens.check(each, NOON) for each in (first, second)] == [40001, 0]


def test_forced_refreshes_are_30_seconds_apart_and_20_a_day() -> None:
    tokens = Tokens(Rules())
    tokens.stable(NOON, force=True)
    with pytest.raises(Refused, match="45011"):
        tokens.stable(NOON + 29 * SECOND, force=True)
    for turn in range(1, 20):
        tokens.stable(NOON + 30 * turn * SECOND, force=True)
    with pytest.raises(Refused, match="45009"):
        tokens.stable(NOON + 30 * 20 * SECOND, force=True)
    tokens.stable(NOON + timedelta(days=1, seconds=1), force=True)


def test_a_token_that_was_never_given_is_told_apart() -> None:
    tokens = Tokens(Rules())
    assert tokens.check("", NOON) == 41001
    assert tokens.check("made-up", NOON) == 40014


def test_all_tokens_can_be_made_to_end() -> None:
    tokens = Tokens(Rules())
    first, _ = tokens.stable(NOON)
    tokens.expire(NOON)
    assert tokens.check(first, NOON) == 42001
    assert tokens.stable(NOON)[0] != first
