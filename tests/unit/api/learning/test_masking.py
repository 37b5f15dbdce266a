"""What is learned from customers' words does not tell whose they are."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.learning.masking import learnable

WORDS = st.text("我的订单帮查一下请退款，。！ ", max_size=8)
SURNAMES = st.sampled_from(["王", "李", "张", "欧阳", "诸葛", "刘"])
GIVEN = st.text("伟芳娜敏静丽强磊洋艳勇军杰娟涛", min_size=1, max_size=2)
MAILBOX = st.text(string.ascii_lowercase + string.digits + "._", min_size=3, max_size=12)
CHECKS, WEIGHTS = "10X98765432", (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def whole_id(first: str) -> str:
    """17 places of an ID number with the digit that belongs to them."""
    total = sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True))
    return first + CHECKS[total % 11]


@pytest.mark.parametrize(
    ("said", "learned"),
    [
        ("打 13912345678 找我", "打 139****5678 找我"),
        ("发到13812345678@163.com吧", "发到mail@example.com吧"),
        ("加我微信 abc_12345 聊", "加我微信 weixin_id 聊"),
        ("QQ：12345678 加我", "QQ：00000000 加我"),
        ("订单20260302123456到哪了", "订单00000000000000到哪了"),
        ("运单SF1234567890123没更新", "运单SF0000000000000没更新"),
        ("[20260302123456](order_number)到哪", "[00000000000000](order_number)到哪"),
        ("把地址改成北京市海淀区中关村大街1号", "把地址改成某市某区某路1号"),
        ("寄到杭州市西湖区文三路９０号501室张伟收", "寄到某市某区某路1号某某收"),
        ("我叫张三丰，要退款", "我叫某某，要退款"),
        ("我叫陈静静想退货", "我叫某某想退货"),
        ("收件人改成王小明", "收件人改成某某"),
        ("联系人：赵四 010-12345678", "联系人：某某 000-00000000"),
        ("免贵姓欧阳", "免贵姓某"),
        ("my name is John Smith", "my name is 某某"),
    ],
)
def test_what_is_somebodys_gives_way_to_what_is_nobodys(said: str, learned: str) -> None:
    assert learnable(said) == learned


@pytest.mark.parametrize(
    "said",
    [
        "我叫你们经理来",
        "我叫车来拉走",
        "收件人地址写错了",
        "收件人写错了",
        "我姓名写错了",
        "2026-03-02 买的，618 的价，12315 见",
        "我在路上",
        "退款要几天",
        "",
    ],
)
def test_what_is_nobodys_stays_as_it_is(said: str) -> None:
    assert learnable(said) == said


@given(WORDS, st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), WORDS)
def test_no_phone_number_survives(before: str, phone: str, after: str) -> None:
    assert phone not in learnable(before + phone + after)


@given(WORDS, MAILBOX, st.sampled_from(["qq.com", "163.com", "mail.shop.cn"]), WORDS)
def test_no_mail_address_survives(before: str, name: str, host: str, after: str) -> None:
    said = learnable(f"{before}{name}@{host}{after}")
    assert f"{name}@" not in said
    assert host not in said


@given(
    WORDS,
    st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    st.dates().filter(lambda day: 1900 <= day.year < 2030),
    st.from_regex(r"[0-9]{3}", fullmatch=True),
)
def test_no_identity_number_survives(before: str, region: str, birth: object, rest: str) -> None:
    number = whole_id(region + str(birth).replace("-", "") + rest)
    assert number not in learnable(before + number)
    assert number[6:14] not in learnable(f"{before}身份证{number}")


@given(
    WORDS,
    st.sampled_from(["杭州市西湖区", "北京市海淀区", "广东省深圳市南山区", "上海市"]),
    st.sampled_from(["文三路", "中关村大街", "科苑南路", "淮海中路"]),
    st.integers(1, 999),
)
def test_no_address_survives(before: str, region: str, street: str, number: int) -> None:
    said = learnable(f"{before}，寄到{region}{street}{number}号")
    assert street not in said
    assert f"{number}号" not in said.replace("某路1号", "")


@given(WORDS, st.sampled_from(["我叫", "收件人", "收货人是", "联系人："]), SURNAMES, GIVEN)
def test_no_name_survives_where_somebody_is_introduced(
    before: str, cue: str, surname: str, given_name: str
) -> None:
    assert surname + given_name not in learnable(f"{before}{cue}{surname}{given_name}，电话")


@given(WORDS, st.text(max_size=20), st.from_regex(r"[0-9]{5,24}", fullmatch=True))
def test_what_was_masked_stays_as_it_is(before: str, anything: str, digits: str) -> None:
    once = learnable(f"{before}{anything}{digits}")
    assert learnable(once) == once
