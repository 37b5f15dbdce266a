"""Numbers and addresses customers type: order, parcel, phone, e-mail, WeChat, money."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """One entity: `text[start:end]` read as `value`."""

    entity: str
    value: str | int
    start: int
    end: int


_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width forms to ASCII, one character for one: offsets stay true."""

_EDGE = r"(?<![A-Za-z0-9])"
_END = r"(?![A-Za-z0-9])"
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}"
)
_PARCEL = re.compile(rf"{_EDGE}[A-Za-z]{{2,5}}\d{{9,18}}{_END}")
_PARCEL_NAMED = re.compile(
    rf"(?:(?:快递|物流|包裹)[单编]?号|运单号?|面单号?)[^\d订]{{0,6}}?(\d{{10,20}}){_END}"
)
_WECHAT = re.compile(
    r"(?:微信|wechat|weixin|vx|wx(?!id_))(?:号|id)?\s*(?:[:：是为]\s*)?([A-Za-z][-_A-Za-z0-9]{5,19})"
    + _END,
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?:(?P<sign>[¥￥$])\s*)?(?<![\d.])(?P<number>\d{1,7}(?:\.\d{1,2})?)\s*"
    r"(?P<unit>元|块钱|块(?!儿|头|地)|rmb|万元|万块)?",
    re.IGNORECASE,
)
_DIGITS = re.compile(
    r"(?<![A-Za-z0-9])(?<!\d\.)(?:\+?86[- ]?)?(\d(?:[- ]?\d){6,24})(?![A-Za-z0-9])"
)
_PHONE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}-\d{7,8}")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CARD = re.compile(
    rf"{_EDGE}[1-9]\d{{5}}(?:19|20)\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}[\dXx]{_END}"
)


def find_numbers(text: str) -> list[Found]:
    """All entities of `text` in order; they never overlap, the surer reading wins.

    `order_number`: 12–20 digits, spaces and dashes allowed · `tracking_number`: letters and
    digits, or digits after 快递单号 and the like · `phone`: 1[3-9] and nine digits, or a landline
    with a dash · `email` · `wechat` (only after 微信) · `amount` in fen. A citizen's id number is
    never taken for an order number.
    """
    folded = text.translate(_HALF)
    finders: list[Callable[[str], Iterator[Found]]] = [
        _emails,
        _wechats,
        _parcels,
        _digit_runs,
        _amounts,
    ]
    found: list[Found] = []
    for finder in finders:
        for candidate in finder(folded):
            if all(candidate.end <= it.start or candidate.start >= it.end for it in found):
                found.append(candidate)
    return sorted((item for item in found if item.entity), key=lambda item: item.start)


def _emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        yield Found("email", match.group().lower(), match.start(), match.end())


def _wechats(text: str) -> Iterator[Found]:
    for match in _WECHAT.finditer(text):
        yield Found("wechat", match.group(1), match.start(1), match.end(1))


def _parcels(text: str) -> Iterator[Found]:
    for match in _PARCEL.finditer(text):
        yield Found("tracking_number", match.group().upper(), match.start(), match.end())
    for match in _PARCEL_NAMED.finditer(text):
        if not _PHONE.fullmatch(match.group(1)):
            yield Found("tracking_number", match.group(1), match.start(1), match.end(1))


def _digit_runs(text: str) -> Iterator[Found]:
    for match in _LANDLINE.finditer(text):
        yield Found("phone", match.group(), match.start(), match.end())
    for match in _ID_CARD.finditer(text):
        if _is_id_card(match.group()):
            yield Found("", "", match.start(), match.end())  # seen, and kept out of every slot
    for match in _DIGITS.finditer(text):
        yield from _read_run(match.group(1), match.start(1))


def _read_run(run: str, start: int) -> Iterator[Found]:
    """One run of digits, perhaps written in groups: first as a whole, then group by group."""
    entity = _kind(re.sub(r"[- ]", "", run))
    groups = list(re.finditer(r"\d+", run))
    if entity and (len(groups) == 1 or max(len(group.group()) for group in groups) <= 8):
        yield Found(entity, re.sub(r"[- ]", "", run), start, start + len(run))
        return
    for group in groups:
        if kind := _kind(group.group()):
            yield Found(kind, group.group(), start + group.start(), start + group.end())


def _kind(digits: str) -> str:
    if _PHONE.fullmatch(digits):
        return "phone"
    return "order_number" if 12 <= len(digits) <= 20 else ""


def _amounts(text: str) -> Iterator[Found]:
    for match in _AMOUNT.finditer(text):
        unit = (match.group("unit") or "").lower()
        if not (unit or match.group("sign")):
            continue
        yuan, _, rest = match.group("number").partition(".")
        fen = int(yuan) * 100 + int((rest + "00")[:2])
        if unit.startswith("万"):
            fen *= 10_000
        yield Found("amount", fen, match.start(), match.end())


def _is_id_card(digits: str) -> bool:
    """Check digit of GB 11643-1999."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == digits[17].upper()
