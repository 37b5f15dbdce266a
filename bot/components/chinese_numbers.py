"""Chinese numerals: 「三百二十」, 「两千五」, 「十一」."""

from __future__ import annotations

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
}
UNITS = {"十": 10, "百": 100, "千": 1_000}
NUMERAL = "零〇一二两三四五六七八九十百千万"
"""Characters a numeral is made of."""


def read_numeral(text: str) -> int | None:
    """The value of a numeral below 100 million, None when it is none.

    「三百五」 is 350 and 「两千三」 2300: a last digit without a unit belongs to the unit below.
    """
    if not text:
        return None
    if text.isdigit() and text.isascii():
        return int(text)
    high, ten_thousand, low = text.rpartition("万")
    if ten_thousand:
        thousands = read_numeral(high)
        if thousands is None:
            return None
        if len(low) == 1 and DIGITS.get(low):
            return thousands * 10_000 + DIGITS[low] * 1_000
        rest = read_numeral(low) if low else 0
        return None if rest is None else thousands * 10_000 + rest
    return _below_ten_thousand(text)


def _below_ten_thousand(text: str) -> int | None:
    total, digit, smallest, gap = 0, None, 10_000, False
    for char in text:
        if char in DIGITS:
            if digit is not None:
                return None
            gap = gap or DIGITS[char] == 0
            digit = DIGITS[char] or None
        elif char in UNITS:
            unit = UNITS[char]
            if unit >= smallest or (digit is None and unit != 10):
                return None
            total, digit, smallest, gap = total + (digit or 1) * unit, None, unit, False
        else:
            return None
    if digit is None:
        return total if total or text in {"零", "〇"} else None
    skipped = smallest in {100, 1_000} and not gap
    return total + digit * (smallest // 10 if skipped else 1)
