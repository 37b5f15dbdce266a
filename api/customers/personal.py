"""What is kept sealed of a customer: read, checked and masked; pure functions (norms §7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal, get_args

from api.commerce.masking import is_card_number, is_id_number, mask_card, mask_id, mask_phone
from api.logs import mask as mask_for_logs

Field = Literal["phone", "email", "id_number", "card_number"]
FIELDS: tuple[Field, ...] = get_args(Field)
_SEPARATORS = re.compile(r"[\s\-·.()]")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})", re.ASCII)
_EMAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LONGEST_EMAIL = 254


def normalised(field: Field, text: str) -> str:
    """`text` in the one form it is kept in; ValueError if it is no such thing.

    Phones are Chinese mobile numbers, ID numbers have 18 places with a birthday and the check digit
    of GB 11643-1999, cards a Luhn digit (ISO/IEC 7812-1). Full-width digits are read as digits.
    """
    return _READERS[field](unicodedata.normalize("NFKC", text).strip())


def masked(field: Field, value: str) -> str:
    """A normalised `value` as it may be shown."""
    return _MASKS[field](value)


def _phone(text: str) -> str:
    found = _MOBILE.fullmatch(_SEPARATORS.sub("", text))
    if found is None:
        raise ValueError("no Chinese mobile number")
    return found.group(1)


def _email(text: str) -> str:
    if _EMAIL.fullmatch(text) is None or len(text) > _LONGEST_EMAIL:
        raise ValueError("no e-mail address")
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def _id_number(text: str) -> str:
    number = re.sub(r"\s", "", text).upper()
    if not is_id_number(number):
        raise ValueError("no ID number")
    return number


def _card_number(text: str) -> str:
    number = re.sub(r"[\s-]", "", text)
    if not is_card_number(number):
        raise ValueError("no card number")
    return number


_READERS: Mapping[Field, Callable[[str], str]] = {
    "phone": _phone,
    "email": _email,
    "id_number": _id_number,
    "card_number": _card_number,
}
_MASKS: Mapping[Field, Callable[[str], str]] = {
    "phone": mask_phone,
    "email": mask_for_logs,
    "id_number": mask_id,
    "card_number": mask_card,
}
