"""Numbers that customers wrote, newest first."""

from __future__ import annotations

from classifier.numbers import CONTACTS, newest


def test_the_newest_message_counts_and_in_it_the_last_number() -> None:
    texts = ["不是 13800138000，是 13900139000", "打我 13700137000"]
    assert newest(texts, CONTACTS) == "13900139000"
    assert newest(["谢谢", *texts[1:]], CONTACTS) == "13700137000"


def test_a_number_of_another_kind_is_passed_over() -> None:
    said = ["13800138000", "订单 2026 1118 0012 345"]
    assert newest(said, ("order_number",)) == "202611180012345"
    assert newest(said, ("email",)) is None
