"""Everything of a message that may fill a slot, found in one go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from bot.components.amounts import find_amounts
from bot.components.dates import find_dates
from bot.components.times import find_times
from nlp.addresses import find_addresses
from nlp.numbers import Found, find_numbers

_HALF = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B)} | {0x3000: 0x20}
_TAIL = re.compile(
    r"(?<!订单)(?<!单号)(?<!运单)(?:尾号|后四位|末四位|后4位|末4位|最后四位)(?:数字)?(?:是|为|[:：])?\s*(\d{4})(?!\d)"
)
_OF_ORDER = re.compile(r"(?:订单|单号|运单|快递|卡)\S{0,3}$")
_TAX = re.compile(
    r"(?:税号|识别号|信用代码)[^0-9A-Za-z]{0,6}([0-9A-Za-z]{15,20})(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])(9[0-9A-HJ-NPQRTUWXY]\d{6}[0-9A-HJ-NPQRTUWXY]{10})(?![0-9A-Za-z])"
)
_TICKET = re.compile(r"(?<![0-9A-Za-z])T\d{8}-?\d{3,6}(?![0-9A-Za-z])", re.IGNORECASE)
_PERSON = re.compile(
    r"(?:收件人|收货人|联系人|姓名|名字)(?:改成|改为|换成|换为|是|为|叫|写|[:：])+\s*([\u4e00-\u9fff]{2,4}?)"
    r"(?=[^\u4e00-\u9fff]|电话|手机|地址|，|$|吧|就行)"
)
_LETTERS = re.compile(r"[A-Za-z]")


def find_facts(text: str, now: datetime, products: Sequence[str] = ()) -> list[Found]:
    """Entities of `text` in order, never overlapping, the surer reading first.

    Those of `find_numbers`, and `address` `date` `time` `day_part` `amount` (fen) `product`
    `person` `phone_tail` (four digits) `tax_number` `ticket_number`.
    `now` is local time of the message.
    """
    folded = text.translate(_HALF)
    found: list[Found] = []
    for candidates in (
        _marked(folded),
        find_numbers(folded),
        find_addresses(folded),
        find_dates(folded, now.date()),
        find_times(folded),
        find_amounts(folded),
        _products(folded, tuple(products)),
    ):
        for item in candidates:
            if all(item.end <= it.start or item.start >= it.end for it in found):
                found.append(item)
    return sorted(found, key=lambda item: item.start)


def load_products(path: Path) -> tuple[str, ...]:
    """Words of a jieba word list, the longest first."""
    lines = path.read_text(encoding="utf-8").splitlines()
    words = {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _marked(text: str) -> Iterator[Found]:
    """What only its mark or its shape gives away."""
    for match in _TICKET.finditer(text):
        yield Found("ticket_number", match.group().upper(), match.start(), match.end())
    for match in _TAX.finditer(text):
        group = 1 if match[1] else 2
        if match[1] or _LETTERS.search(match[2]):
            yield Found("tax_number", match[group].upper(), match.start(group), match.end(group))
    for match in _TAIL.finditer(text):
        if not _OF_ORDER.search(text[: match.start()]):
            yield Found("phone_tail", match[1], match.start(1), match.end(1))
    for match in _PERSON.finditer(text):
        yield Found("person", match[1], match.start(1), match.end(1))


@lru_cache(maxsize=4)
def _lookup(products: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(re.escape, products)), re.IGNORECASE) if products else None


def _products(text: str, products: tuple[str, ...]) -> Iterator[Found]:
    pattern = _lookup(products)
    for match in pattern.finditer(text) if pattern else ():
        yield Found("product", match.group(), match.start(), match.end())
