"""What customers are called who have told no name."""

from __future__ import annotations

import re

from api.ids import new_id
from api.naming import address, newcomer


def test_newcomers_are_told_apart_and_keep_their_name() -> None:
    ids = [new_id() for _ in range(50)]
    names = [newcomer("customer", each) for each in ids]
    assert len(set(names)) == 50
    assert names == [newcomer("customer", each) for each in ids]
    assert all(re.fullmatch(r"访客 [2-9A-HJKMNP-TV-Z]{4}", name) for name in names)


def test_nobody_is_spoken_to_by_the_tail_of_a_newcomer() -> None:
    one = new_id()
    assert address(newcomer("customer", one), one) == "访客"
    assert address(newcomer("wechat_customer", one), one) == "微信客户"
    assert address("访客 7K2M", one) == "访客 7K2M", "a name somebody has given"
    assert address("陈女士", one) == "陈女士"
