"""What single messages tell a task."""

from __future__ import annotations

import pytest

from actions.tasks.hearing import amended

OLD = "杭州市余杭区文一西路1号3幢502"


@pytest.mark.parametrize(
    ("said", "new"),
    [
        ("不对，是5幢502", "杭州市余杭区文一西路1号5幢502"),
        ("打错了 应该是8号楼1单元201室", "杭州市余杭区文一西路1号8号楼1单元201室"),
        ("是12号", "杭州市余杭区文一西路12号"),
        ("不对", None),
        ("换成下午3点", None),
        ("手机是19900001234", None),
        ("7单元", None),
    ],
)
def test_the_end_of_an_address_can_be_put_right(said: str, new: str | None) -> None:
    assert amended(OLD, said) == new
