"""Personal data as it may be shown in a conversation (norms §7): pure functions."""

from __future__ import annotations

import re
from datetime import date

HIDDEN = "****"
_PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")
_HAN = "[\u4e00-\u9fff]"
_KIND = (
    "花园|家园|庄园|公园|公寓|公馆|国际|大厦|广场|新村|新苑|雅居|名都|名城|新城(?!区)|别墅|山庄|小镇|大院"
    "|华府|华庭|府邸"
)
_ESTATE = rf"{_KIND}|[苑庭邸墅寓]|碧桂园|壹号|[一二三四五六七八九十]期"
"""What residential estates and buildings are called; no province, city or district is."""
_REGION = re.compile(
    rf"(?P<province>{_HAN}{{2,8}}?(?:省|自治区|特别行政区))?"
    rf"(?P<city>{_HAN}{{2,8}}?(?:市(?!{_KIND})|自治州|地区|盟))?"
    rf"(?P<district>{_HAN}{{1,7}}?(?:(?<![小社园校厂厢])区|县|旗))?"
)
_PLACE = re.compile(
    rf"[小社园校厂厢]区|[街巷弄号栋幢室]|路(?!桥区$)|楼(?!区$)|{_ESTATE}"
    r"|(?<!二)[一二三四五六七八九十]区"
)
"""What streets, houses and estates are written with, but for 路桥区, 鼓楼区 and 二七区."""
_SIDE = re.compile(r"[东西南北中]区$")
_SIDES = re.compile(
    "东区|西区|海南区|城[东西中北]区|市[中南北]区|江[东南北]区|河[东西北]区|桥[东西]区|港[南北]区|渝[中北]区"
)
"""The districts whose names end like the side of an estate (「金色家园西区」)."""


def mask_name(name: str) -> str:
    """The first character: 「周**」."""
    name = name.strip()
    return name[:1] + "*" * max(1, len(name) - 1)


def mask_phone(phone: str) -> str:
    """First three and last four digits: 199****6021; of shorter numbers the last four at most."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) == 11 and digits.startswith("1"):
        return digits[:3] + HIDDEN + digits[-4:]
    return HIDDEN + digits[-4:] if len(digits) > 6 else HIDDEN


def mask_address(address: str) -> str:
    """Province, city and district; what comes after them is hidden."""
    address = address.strip()
    found = _REGION.match(address)
    shown = ""
    for part in found.groups() if found else ():
        if part is None:
            continue
        if _PLACE.search(part) or (_SIDE.search(part) and not _SIDES.fullmatch(part)):
            break
        shown += part
    return shown + HIDDEN


def mask_contact(contact: str) -> str:
    """The phone in it, masked; of anything else the first character."""
    phone = _PHONE.search(re.sub(r"[ -]", "", contact))
    return mask_phone(phone.group()) if phone else contact.strip()[:1] + HIDDEN


_MOBILE = r"1[3-9]\d(?P<gap>[ -]?)\d{4}(?P=gap)\d{4}"
NUMBERS = re.compile(
    rf"(?<!\d)(?:(?:\+?86|0086)[ -]?)?(?P<phone>{_MOBILE})(?!\d)"
    r"|(?<!\d)(?P<id>\d{6} ?(?:18|19|20)\d{6} ?\d{3}[\dXx])(?![\dXx])"
    r"|(?<!\d)(?P<card>\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?)(?!\d)",
    re.ASCII,
)
"""What may be somebody's phone, ID or card number; orders and parcels have others."""
_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ＋－　", "0123456789Xx+- ")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CARD = re.compile(r"62\d{14,17}|(?=\d{16}$)(?:4|5[1-5]|35)\d+")
"""How card numbers in China look: UnionPay; Visa, Mastercard and JCB with 16 digits."""
_CARD_SAID = re.compile(r"(?:卡号|银行卡|储蓄卡|信用卡|借记卡)[^，。；,;\n]{0,8}$")
_OTHER_SAID = re.compile(r"(?:订单|单号|运单|快递|物流|包裹|编号)[^，。；,;\n]{0,8}$")


def mask_numbers(text: str) -> str:
    """`text` with phone, ID and card numbers hidden; order and tracking numbers stay.

    A card number is told from others by its issuer and Luhn digit, or by the words before it; an ID
    number by the birthday in it. Neither is one when it is called an order's or parcel's number.
    """
    plain = text.translate(_FULL_WIDTH)
    parts, end = [], 0
    for found in NUMBERS.finditer(plain):
        shown = _masked_number(found, plain[: found.start()])
        if shown is not None:
            parts += [text[end : found.start()], shown]
            end = found.end()
    return "".join([*parts, text[end:]])


def mask_id(number: str) -> str:
    """First three and last four places of an ID number."""
    return number[:3] + "*" * 11 + number[-4:]


def mask_card(number: str) -> str:
    """The last four digits of a card number."""
    return HIDDEN + number[-4:]


def is_id_number(number: str) -> bool:
    """18 places with a birthday and the right check digit (GB 11643-1999)."""
    if re.fullmatch(r"[1-9]\d{16}[\dX]", number, re.ASCII) is None:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return _birthday(number) is not None and _CHECKS[total % 11] == number[-1]


def is_card_number(number: str) -> bool:
    """13 to 19 digits with the right last one (Luhn, ISO/IEC 7812-1)."""
    if re.fullmatch(r"\d{13,19}", number, re.ASCII) is None:
        return False
    doubled = (int(digit) * 2 for digit in number[-2::-2])
    total = sum(map(int, number[-1::-2])) + sum(each - 9 if each > 9 else each for each in doubled)
    return total % 10 == 0


def _masked_number(found: re.Match[str], before: str) -> str | None:
    """What is shown for a match; None when it is no number to hide."""
    kind = found.lastgroup if found.lastgroup != "gap" else "phone"
    digits = re.sub(r"[ -]", "", found.group(kind or 0))
    if kind == "phone":
        return mask_phone(digits)
    if _OTHER_SAID.search(before):
        return None
    if kind == "id" and _birthday(digits) is not None:
        return mask_id(digits)
    if _CARD_SAID.search(before) or (_CARD.fullmatch(digits) and is_card_number(digits)):
        return mask_card(digits)
    return None


def _birthday(number: str) -> date | None:
    """The birthday in an ID number, None if there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
