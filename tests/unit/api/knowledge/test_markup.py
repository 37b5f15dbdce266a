"""Answers as plain text."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.knowledge.markup import pictures, plain

ID = "01234567-89ab-7cde-8f01-23456789abcd"


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("**7 天**内可退", "7 天内可退"),
        ("见[退货说明](https://shop.test/a?b=1)。", "见退货说明（https://shop.test/a?b=1）。"),
        ("[https://shop.test](https://shop.test)", "https://shop.test"),
        ("拨打[客服电话](tel:4001234567)", "拨打客服电话（4001234567）"),
        ("- 先申请\n- 再寄回\n* 等退款", "· 先申请\n· 再寄回\n· 等退款"),
        ("1. 先申请\n2. 再寄回", "1. 先申请\n2. 再寄回"),
        (f"看图：![退货入口](attachment:{ID})", "看图：（图：退货入口）"),
        (f"![](attachment:{ID})", "（图片）"),
        (f"**![入口](attachment:{ID})**", "（图：入口）"),
        ("- **先**看[这里](https://a.test)", "· 先看这里（https://a.test）"),
    ],
)
def test_markup_becomes_words(answer: str, shown: str) -> None:
    assert plain(answer) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2*3=6，4 * 5 = 20",
        "[点这里](javascript:alert(1))",
        "满 100-20 元",
        "-5 度能用吗",
        "** 不是粗体 **",
        "![图](https://elsewhere.test/a.png)",
        "我的 → 账号与安全 → 登录密码",
    ],
)
def test_what_is_no_markup_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@given(st.text(alphabet="好a()!:/ \nhtps.1", max_size=60))
def test_text_without_marks_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@given(st.text(alphabet="好a*", max_size=12))
def test_what_is_between_marks_is_kept(text: str) -> None:
    assert plain(f"甲**{text}**乙").replace("*", "") == f"甲{text}乙".replace("*", "")


def test_pictures_are_named_once_in_their_order() -> None:
    other = ID.replace("0123", "abcd")
    answer = f"![a](attachment:{other}) ![b](attachment:{ID}) ![c](attachment:{other})"
    assert pictures(answer) == [UUID(other), UUID(ID)]
