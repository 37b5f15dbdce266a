"""Personal data as it may be shown in a conversation (norms §7): pure functions."""

from __future__ import annotations

import re

HIDDEN = "****"
_PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")
_REGION = re.compile(
    r"(?P<province>[\u4e00-\u9fff]{2,8}?(?:省|自治区|特别行政区))?"
    r"(?P<city>[\u4e00-\u9fff]{2,8}?(?:市|自治州|地区|盟))?"
    r"(?P<district>[\u4e00-\u9fff]{1,7}?(?:(?<![小社园校厂厢])区|县|旗))?"
)
_PLACE = re.compile(r"[小社园校厂厢]区|[街巷弄号栋幢室]|路(?!桥区$)|楼(?!区$)")
"""What streets and houses are written with, but for 路桥区 and 鼓楼区: never shown."""


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
        if _PLACE.search(part):
            break
        shown += part
    return shown + HIDDEN


def mask_contact(contact: str) -> str:
    """The phone in it, masked; of anything else the first character."""
    phone = _PHONE.search(re.sub(r"[ -]", "", contact))
    return mask_phone(phone.group()) if phone else contact.strip()[:1] + HIDDEN
