"""Variables of ready texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.desk_tools.canned import ranked, read_bundled
from api.desk_tools.variables import VARIABLES, check, fill
from api.errors import UnknownVariable
from api.ids import new_id
from api.models import CannedReply

KNOWN = {
    "customer.name": "王女士",
    "agent.name": "小云",
    "ticket.number": "T20260101-00001",
    "order.number": "YS20260101001",
    "queue.wait": "4 分钟",
}
plain = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]))


@given(st.lists(st.tuples(plain, st.sampled_from(VARIABLES), st.sampled_from(["", " ", "  "]))))
def test_every_variable_is_filled_and_the_rest_is_left_alone(
    parts: list[tuple[str, str, str]],
) -> None:
    text = "".join(f"{before}{{{{{pad}{name}{pad}}}}}" for before, name, pad in parts)
    check(text)
    filled = fill(text, KNOWN)
    assert filled.text == "".join(before + KNOWN[name] for before, name, _ in parts)
    assert filled.missing == ()


@given(st.sets(st.sampled_from(VARIABLES)))
def test_what_is_not_known_stays_visible(missing: set[str]) -> None:
    text = "".join(f"{{{{{name}}}}}" for name in VARIABLES)
    values = {name: None if name in missing else value for name, value in KNOWN.items()}
    filled = fill(text, values)
    assert set(filled.missing) == missing
    assert filled.text.count("【") == len(missing)


@given(plain, st.text())
def test_a_value_is_never_filled_in_again(before: str, value: str) -> None:
    filled = fill(before + "{{customer.name}}", {"customer.name": value or "x"})
    assert filled.text == before + (value or "x")


@pytest.mark.parametrize(
    "text",
    [
        *("{{customer.phone}}", "{{}}", "{{ }}", "{{customer.name", "customer.name}}"),
        *("{{customer name}}", "{{Customer.Name}}", "{{a{{agent.name}}"),
    ],
)
def test_what_cannot_be_filled_in_is_refused(text: str) -> None:
    with pytest.raises(UnknownVariable):
        check(text)


@pytest.mark.parametrize("text", ["", "您好", "{customer.name}", "{ { } }", "{{agent.name}}"])
def test_what_can_be_filled_in_is_taken(text: str) -> None:
    check(text)


def test_the_bundled_replies_are_fit_to_send() -> None:
    replies = read_bundled()
    assert len(replies) >= 15
    for key in ("shortcut", "title", "text"):
        values = [getattr(reply, key) for reply in replies]
        assert len(set(values)) == len(values), f"two replies share their {key}"
    for reply in replies:
        text = fill(reply.text, KNOWN).text
        assert not re.search(r"[{}]|[\u4e00-\u9fff][,?!:]", text), (
            f"punctuation of {reply.shortcut}"
        )
        assert text.endswith(("。", "？")), reply.shortcut


def canned(*titles: str) -> list[CannedReply]:
    return [
        CannedReply(id=new_id(), shortcut=f"r{place}", title=title, text="您好", active=True)
        for place, title in enumerate(titles)
    ]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        (None, ["物流信息", "退款核实中", "重新发货"]),
        ("", ["物流信息", "退款核实中", "重新发货"]),
        ("退款", ["退款核实中"]),
        ("核实", ["退款核实中"]),
        ("wlxx", ["物流信息"]),
        ("WLXX", ["物流信息"]),
        ("tk", ["退款核实中"]),
        ("hs", ["退款核实中"]),
        ("/r2", ["重新发货"]),
        ("您好", ["物流信息", "退款核实中", "重新发货"]),
        ("没有", []),
    ],
)
def test_replies_are_found_by_what_one_remembers(q: str | None, found: list[str]) -> None:
    replies = canned("物流信息", "退款核实中", "重新发货")
    assert [reply.title for reply in ranked(replies, q)] == found


def test_the_better_match_comes_first() -> None:
    replies = canned("请稍等", "已退款", "退款核实中")
    replies[0].text = "退款还在路上"
    titles = [reply.title for reply in ranked(replies, "退款")]
    assert titles == ["退款核实中", "已退款", "请稍等"]
