"""Days, times, money, addresses and the rest in customer messages; pure, no Rasa."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.amounts import find_amounts
from bot.components.chinese_numbers import read_numeral
from bot.components.dates import find_dates
from bot.components.facts import find_facts, load_products
from bot.components.times import find_times
from nlp.addresses import find_addresses
from tests.bot.running_bot import REPOSITORY

TODAY = date(2026, 11, 18)  # a Wednesday
NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
PRODUCTS = load_products(REPOSITORY / "nlu_data" / "lexicon" / "products.txt")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10), ("十一", 11), ("二十五", 25), ("一百零五", 105), ("三百五", 350), ("三百五十", 350),
        ("两千", 2000), ("两千三", 2300), ("一万二", 12000), ("三万零五十", 30050), ("12", 12),
        ("", None), ("百", None), ("三三", None), ("五十十", None),
    ],
)  # fmt: skip
def test_numerals(text: str, value: int | None) -> None:
    assert read_numeral(text) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今天", "2026-11-18"), ("明天下午三点", "2026-11-19"), ("明儿个", "2026-11-19"),
        ("明早十点", "2026-11-19"), ("后天", "2026-11-20"), ("大后天上午", "2026-11-21"),
        ("周六上午", "2026-11-21"), ("星期三", "2026-11-18"), ("周二", "2026-11-24"),
        ("这周五", "2026-11-20"), ("下礼拜二", "2026-11-24"), ("下周三", "2026-11-25"),
        ("下下周一", "2026-11-30"), ("周末", "2026-11-21"), ("下周末", "2026-11-28"),
        ("11月25号", "2026-11-25"), ("11月25日下午", "2026-11-25"), ("十一月二十五号", "2026-11-25"),
        ("12月3号", "2026-12-03"), ("1月5号", "2027-01-05"), ("2027年1月5日", "2027-01-05"),
        ("2026-12-01", "2026-12-01"), ("12/3下午", "2026-12-03"), ("25号", "2026-11-25"),
        ("二十五号", "2026-11-25"), ("5号上午", "2026-12-05"), ("下个月5号", "2026-12-05"),
        ("月底", "2026-11-30"), ("下个月底", "2026-12-31"), ("月初", "2026-12-01"),
        ("三天后", "2026-11-21"), ("过两天", "2026-11-20"), ("5天之后", "2026-11-23"),
    ],
)  # fmt: skip
def test_days(text: str, day: str) -> None:
    assert [item.value for item in find_dates(text, TODAY)] == [day]


@pytest.mark.parametrize(
    "text",
    [
        "周末愉快", "25号楼", "3号店门口", "文一西路25号", "2号线", "5号电池", "后天性", "上周三买的",
        "昨天", "前天", "2月30号", "第3号", "型号25号", "三天没动了", "12.5号",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_day(text: str) -> None:
    assert find_dates(text, TODAY) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明天下午三点", [("time", "15:00")]),
        ("下午3点半", [("time", "15:30")]),
        ("上午十点一刻", [("time", "10:15")]),
        ("晚上8点", [("time", "20:00")]),
        ("明晚8点", [("time", "20:00")]),
        ("中午12点", [("time", "12:00")]),
        ("14:30", [("time", "14:30")]),
        ("三点", [("time", "15:00")]),
        ("九点", [("time", "09:00")]),
        ("2点到4点", [("time", "14:00/16:00")]),
        ("下午两点到四点", [("time", "14:00/16:00")]),
        ("10点到2点", [("time", "10:00/14:00")]),
        ("14:00-16:00", [("time", "14:00/16:00")]),
        ("9点以后", [("time", "09:00/21:00")]),
        ("下午3点前", [("time", "08:00/15:00")]),
        ("周六上午", [("day_part", "morning")]),
        ("换成下午", [("day_part", "afternoon")]),
        ("晚上", [("day_part", "evening")]),
        ("明早", [("day_part", "morning")]),
        ("今晚12点", [("time", "24:00")]),
        ("今晚零点", [("time", "24:00")]),
        ("明晚十二点半", [("time", "24:30")]),
        ("夜里两点", [("time", "26:00")]),
        ("晚上11点到1点", [("time", "23:00/25:00")]),
        ("明天凌晨", [("day_part", "night")]),
        ("凌晨12点", [("time", "00:00")]),
        ("凌晨两点", [("time", "02:00")]),
        ("零点", [("time", "00:00")]),
    ],
)
def test_times(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(item.entity, item.value) for item in find_times(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "12 点半的会", "快一点", "便宜一点", "有点慢", "一点都不好", "三点建议", "两点要求", "下午好",
        "早上好", "晚上好", "8点5折", "差点摔了", "下午茶", "零点五折",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_time(text: str) -> None:
    assert find_times(text) == []


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("三百二十块五", 32_050), ("两千", 200_000), ("1.2万", 1_200_000), ("九块九", 990),
        ("一百块钱", 10_000), ("五毛", 50), ("三块五毛二", 352), ("三百五", 35_000),
        ("两万三", 2_300_000), ("花了三千多", 300_000), ("退我二十块", 2_000), ("3千", 300_000),
        ("两百元", 20_000), ("十五块", 1_500), ("20块5", 2_050),
    ],
)  # fmt: skip
def test_amounts(text: str, fen: int) -> None:
    assert [item.value for item in find_amounts(text)] == [fen]


@pytest.mark.parametrize(
    "text",
    [
        "三星手机", "二百五", "千万别发", "万一坏了", "一块去", "一块儿", "三块电池", "两千个", "五百次",
        "一百多条", "第三百", "三百天", "百货公司", "一千米", "2万公里", "三点", "十一月", "五百积分",
    ],
)  # fmt: skip
def test_what_only_looks_like_money(text: str) -> None:
    assert find_amounts(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("杭州市余杭区文一西路 1 号", "杭州市余杭区文一西路1号"),
        ("帮我把地址改成杭州市余杭区文一西路 1 号", "杭州市余杭区文一西路1号"),
        ("送到上海市浦东新区张江路88号2号楼1203室", "上海市浦东新区张江路88号2号楼1203室"),
        ("青石市柳湖区春和路12号3单元501", "青石市柳湖区春和路12号3单元501"),
        ("李小禾，云溪市东桥区花园街道8号院2号楼", "云溪市东桥区花园街道8号院2号楼"),
        ("幸福里小区7栋1204", "幸福里小区7栋1204"),
        ("不是文二路，是文一西路100号", "文一西路100号"),
        ("中山路100号", "中山路100号"),
        (
            "搬家了，现在住成都市武侯区天府大道中段500号东方大厦12楼",
            "成都市武侯区天府大道中段500号东方大厦12楼",
        ),
        ("写错了 应该是广东省深圳市南山区科技园南区8栋", "广东省深圳市南山区科技园南区8栋"),
        ("广西壮族自治区南宁市青秀区民族大道100号", "广西壮族自治区南宁市青秀区民族大道100号"),
    ],
)
def test_addresses(text: str, address: str) -> None:
    assert [item.value for item in find_addresses(text)] == [address]


@pytest.mark.parametrize(
    "text",
    ["我在路上", "寄到公司", "退到原支付路径", "快递到哪个区了", "北京什么时候能到", "青石市 柳湖区", "市场价多少", "小区门口没人"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    assert find_addresses(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "帮我把 202511180012345 的地址改成杭州市余杭区文一西路 1 号",
            [("order_number", "202511180012345"), ("address", "杭州市余杭区文一西路1号")],
        ),
        ("手机尾号1234", [("product", "手机"), ("phone_tail", "1234")]),
        ("订单尾号0871", []),
        ("订单后四位是2345", []),
        ("税号91330106MA27XYZX8K", [("tax_number", "91330106MA27XYZX8K")]),
        ("税号是 913301060000000000", [("tax_number", "913301060000000000")]),
        ("收件人改成张三，电话13800138000", [("person", "张三"), ("phone", "13800138000")]),
        ("T20261118-00012 怎么样了", [("ticket_number", "T20261118-00012")]),
        ("三星手机", [("product", "手机")]),
        ("滚筒洗衣机漏水", [("product", "滚筒洗衣机")]),
        ("退我199.5元", [("amount", 19_950)]),
        ("１３８００１３８０００", [("phone", "13800138000")]),
    ],
)
def test_a_whole_message(text: str, expected: list[tuple[str, str | int]]) -> None:
    found = [(item.entity, item.value) for item in find_facts(text, NOW, PRODUCTS)]
    assert found == expected


def test_there_are_enough_products_and_each_is_a_jieba_line() -> None:
    lines = (REPOSITORY / "nlu_data/lexicon/products.txt").read_text("utf-8").splitlines()
    assert len(lines) == len(set(lines)) >= 250
    assert all(len(line.split()) == 3 and line.split()[1].isdigit() for line in lines)


_TEXTS = st.text(
    st.sampled_from(
        "一二三十百千万两块毛点半月号日周末明后天上下午晚早到市区路楼室栋0123456789.:-/， 收改成是X@元"
    ),
    max_size=60,
) | st.text(max_size=120)


@given(_TEXTS, st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_offsets_are_true_nothing_overlaps_and_every_day_is_one(text: str, today: date) -> None:
    end = 0
    now = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    for item in find_facts(text, now, ("手机",)):
        assert end <= item.start < item.end <= len(text)
        end = item.end
        if item.entity == "date":
            date.fromisoformat(str(item.value))
        if item.entity == "amount":
            assert isinstance(item.value, int)
            assert item.value >= 0


@given(st.integers(1, 9_999))
def test_amounts_written_in_words_come_back(value: int) -> None:
    digits, units = "零一二三四五六七八九", ("千", "百", "十", "")
    written, gap = "", False
    for place, unit in zip(f"{value:04d}", units, strict=True):
        if place == "0":
            gap = bool(written)
            continue
        written += ("零" if gap else "") + digits[int(place)] + unit
        gap = False
    assert [item.value for item in find_amounts(f"{written}元")] == [value * 100]


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 59))
def test_a_day_named_in_full_is_that_day(today: date, ahead: int) -> None:
    day = today + timedelta(ahead)
    text = f"{day.month}月{day.day}号"
    assert [item.value for item in find_dates(text, today)] == [day.isoformat()]
