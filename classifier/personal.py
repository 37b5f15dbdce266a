"""Whom a text names and how they can be reached, for those who may not reach into `nlp`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.addresses import find_addresses
from nlp.numbers import find_numbers

_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width forms to ASCII, one character for one: offsets stay true."""
Span = tuple[str, int, int]
"""`(kind, start, end)`."""
_NUMBERS = frozenset({"email", "wechat", "phone", "order_number", "tracking_number"})
_LONG = re.compile(r"(?<!\d)\d{7,}(?!\d)")
_QQ = re.compile(
    r"(?:qq|扣扣|企鹅)(?:号码?)?[:：是为\s]{0,3}(?P<number>\d{5,12})(?!\d)", re.IGNORECASE
)
_SURNAMES = (
    "欧阳|上官|司马|诸葛|司徒|夏侯|皇甫|尉迟|公孙|慕容|令狐|东方|南宫|端木|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡余杜叶程苏魏吕丁沈姚卢姜崔"
    "钟谭陆汪范廖韦贾夏付邹熊孟秦邱侯江尹薛闫雷龙黎史陶贺顾毛郝龚邵万钱严赖覃洪武莫孔汤梅翟聂庞倪]"
)
"""The commonest ones, without those that begin many other words (高, 方, 金, 石, 白, 常 …)."""
_GOES_ON = (
    "电话|手机|号码|地址|先生|女士|小姐|下单|[住在的是收签换改写错不要想说吧啊呢了和跟与或订买前]"
)
_INTRODUCED = re.compile(
    rf"(?:(?:我|我的名字|名字|本人)叫|名字(?:是|叫)|姓名|(?:收件|收货|联系|签收|下单|购买|取件|寄件)人)"
    rf"(?:姓名|名字)?(?:应该|就)?(?:写|填|叫|是|为|改成|改为|换成|写成|换为)?(?:的是|了)?[:：\s]{{0,2}}"
    rf"(?P<name>(?:{_SURNAMES})(?:[\u4e00-\u9fff]{{1,2}}?(?={_GOES_ON}|[^\u4e00-\u9fff]|$)|[\u4e00-\u9fff]{{2}}))"
)
_RECEIVER = re.compile(
    rf"(?P<name>(?:{_SURNAMES})[\u4e00-\u9fff]{{1,2}})(?=收(?:件|货)?(?:[^\u4e00-\u9fff]|$))"
)
_SURNAME = re.compile(rf"(?:我|免贵)姓(?!名)(?P<name>{_SURNAMES}|[\u4e00-\u9fff])")
_ENGLISH = re.compile(
    r"(?:my name is|my name's|i am called)\s+(?P<name>[a-z]+(?:\s[a-z]+)?)", re.IGNORECASE
)


def find_personal(text: str) -> list[Span]:
    """Parts of `text` that are somebody's, in order and without overlaps.

    Kinds: `email`, `wechat`, `phone`, `order_number`, `tracking_number` (`nlp.numbers`), `number`
    (seven digits and more, and what is called a QQ number), `address`, `name` and `surname` where
    somebody is introduced (「我叫…」, 「收件人…」, 「我姓…」) or stands behind an address.
    """
    found: list[Span] = []
    for kind, start, end in _candidates(text.translate(_HALF)):
        if all(end <= other[1] or start >= other[2] for other in found):
            found.append((kind, start, end))
    return sorted(found, key=lambda span: span[1])


def _candidates(text: str) -> Iterator[Span]:
    for one in find_numbers(text):
        if one.entity in ("email", "wechat"):
            yield one.entity, one.start, one.end
    for address in find_addresses(text):
        yield "address", address.start, address.end
        if (match := _RECEIVER.match(text, address.end)) is not None:
            yield "name", *match.span("name")
    for pattern, kind in ((_INTRODUCED, "name"), (_ENGLISH, "name"), (_SURNAME, "surname")):
        for match in pattern.finditer(text):
            yield kind, *match.span("name")
    for match in _QQ.finditer(text):
        yield "number", *match.span("number")
    for one in find_numbers(text):
        if one.entity in _NUMBERS:
            yield one.entity, one.start, one.end
    for match in _LONG.finditer(text):
        yield "number", *match.span()
