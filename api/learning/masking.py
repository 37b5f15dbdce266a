"""Customers' words as they may be learned from (norms §7): whose they are, nobody can tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

from api.commerce.masking import mask_numbers
from classifier.personal import find_personal

_STAND_INS: Mapping[str, str] = {
    "email": "mail@example.com",
    "wechat": "weixin_id",
    "address": "某市某区某路1号",
    "name": "某某",
    "surname": "某",
}
"""What stands in their place: a model reads them as it reads what a customer types later."""
_LETTERED = frozenset({"email", "wechat"})
_DIGIT = re.compile(r"\d")


def learnable(text: str) -> str:
    """`text` without personal data.

    Phone, ID and card numbers as `mask_numbers` hides them; digits of orders, parcels and other
    long numbers are 0; e-mail, WeChat, addresses and names give way to one that is nobody's. What
    has no personal data, and what this gave, stays as it is.
    """
    # a mail address may begin with a phone number
    lettered = _replaced(text, _LETTERED)
    return _replaced(mask_numbers(lettered), None)


def _replaced(text: str, kinds: frozenset[str] | None) -> str:
    parts, end = [], 0
    for kind, start, stop in find_personal(text):
        if kinds is None or kind in kinds:
            said = text[start:stop]
            parts += [text[end:start], _STAND_INS.get(kind) or _DIGIT.sub("0", said)]
            end = stop
    return "".join([*parts, text[end:]])
