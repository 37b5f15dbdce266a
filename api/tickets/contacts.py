"""How a customer can be reached about a ticket: mobile, landline or e-mail. Pure."""

from __future__ import annotations

import re
import unicodedata

from api.customers import personal
from api.errors import ContactUnreadable

_LANDLINE = re.compile(
    r"(?:(?:\+?86|0086)[ -]?)?\(?(?P<area>0\d{2,3})\)?[ -]?(?P<number>[2-9]\d{3}[ -]?\d{3,4})"
    r"(?:(?:[ -]|转|ext\.?) ?(?P<extension>\d{1,6}))?",
    re.ASCII | re.IGNORECASE,
)
"""With its area code; an extension may follow."""
_HOTLINE = re.compile(r"(?P<prefix>[48]00)[ -]?(?P<first>\d{3})[ -]?(?P<rest>\d{4})", re.ASCII)


def normalised(text: str) -> str:
    """`text` in the one form it is kept in, e.g. `13800138000`, `0571-88880000-801`.

    Raises ContactUnreadable for anything but a Chinese phone number or an e-mail address.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    for field in ("phone", "email"):
        try:
            return personal.normalised(field, plain)
        except ValueError:
            continue
    if found := _LANDLINE.fullmatch(plain):
        parts = (found["area"], re.sub(r"[ -]", "", found["number"]), found["extension"])
        return "-".join(part for part in parts if part)
    if found := _HOTLINE.fullmatch(plain):
        return "-".join(found.groups())
    raise ContactUnreadable
