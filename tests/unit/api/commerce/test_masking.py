"""What is masked cannot be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.commerce.masking import HIDDEN, mask_address, mask_contact, mask_name, mask_phone

phones = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("周同学", "周**"), ("欧阳娜", "欧**"), ("钱", "钱*"), (" 李四 ", "李*"), ("", "*")],
)
def test_of_a_name_the_first_character_is_left(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("19900006021", "199****6021"),
        ("199 0000-6021", "199****6021"),
        ("0571-88886666", "****6666"),
        ("12345", "****"),
        ("", "****"),
    ],
)
def test_of_a_phone_head_and_tail_are_left(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("浙江省杭州市余杭区文一西路 1 号", "浙江省杭州市余杭区****"),
        ("江苏省南京市鼓楼区云杉路 8 号", "江苏省南京市鼓楼区****"),
        ("浙江省台州市路桥区望湖路 8 号", "浙江省台州市路桥区****"),
        ("上海市浦东新区张江路 88 弄 3 号", "上海市浦东新区****"),
        ("北京朝阳区建国路", "北京朝阳区****"),
        ("广西壮族自治区南宁市青秀区民族大道", "广西壮族自治区南宁市青秀区****"),
        ("云南省大理白族自治州大理市", "云南省大理白族自治州****"),
        ("幸福小区 3 号楼 2 单元", "****"),
        ("幸福小区3号楼", "****"),
        ("松林街道青石社区 5 幢", "****"),
        ("文三路市场旁边的工业园区", "****"),
        ("杭州翠苑一区 5 幢", "****"),
        ("浙江省杭州市翠苑一区 5 幢", "浙江省杭州市****"),
        ("北京天通苑北一区 3 号楼", "****"),
        ("上海市碧桂园三区", "上海市****"),
        ("江苏省苏州市金鸡湖公寓东区", "江苏省苏州市****"),
        ("阳光城市花园 8 幢", "****"),
        ("盐城市阳光城市花园 8 幢", "盐城市****"),
        ("望京花园西区 2 号楼", "****"),
        ("万科城北区 2 号", "****"),
        ("金色家园", "****"),
        ("广东省珠海市香洲区华发新城二期", "广东省珠海市香洲区****"),
        ("河南省郑州市二七区大学路 1 号", "河南省郑州市二七区****"),
        ("青海省西宁市城东区八一路", "青海省西宁市城东区****"),
        ("山东省青岛市市南区香港中路", "山东省青岛市市南区****"),
        ("四川省成都市武侯区人民南路", "四川省成都市武侯区****"),
        ("陕西省西安市新城区长乐西路", "陕西省西安市新城区****"),
        ("Room 5, 12 Main St", "****"),
        ("", "****"),
    ],
)
def test_of_an_address_the_district_is_left(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@pytest.mark.parametrize(
    ("contact", "masked"),
    [
        ("钱女士 199 0000 4444", "199****4444"),
        ("19900004444", "199****4444"),
        ("微信 qian_2026", "微****"),
        ("", "****"),
    ],
)
def test_of_a_contact_the_phone_is_left_or_a_character(contact: str, masked: str) -> None:
    assert mask_contact(contact) == masked


@given(st.text(max_size=60))
def test_a_masked_address_is_its_beginning_without_a_digit(address: str) -> None:
    masked = mask_address(address)
    shown = masked.removesuffix(HIDDEN)
    assert masked.endswith(HIDDEN)
    assert address.strip().startswith(shown)
    assert not re.search(r"\d", shown)


@given(phones, st.text("钱女士 ,，-", max_size=6))
def test_the_middle_of_a_phone_is_never_shown(phone: str, around: str) -> None:
    for masked in (mask_phone(phone), mask_contact(around + phone), mask_contact(phone + around)):
        assert phone not in masked
        assert masked == f"{phone[:3]}****{phone[-4:]}"


@given(st.text(max_size=20))
def test_a_masked_name_shows_one_character_at_most(name: str) -> None:
    assert mask_name(name).lstrip(name.strip()[:1]).strip("*") == ""
