"""The part of a text around what was looked for, with the matches marked: pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.commerce.masking import mask_numbers
from api.search.terms import are_initials
from classifier.words import initials_of, plain, word_initials

OPEN, CLOSE = "\u0002", "\u0003"
"""Around each match."""
_BEFORE = 16
_LENGTH = 90
_CUT = "…"
_GAP = re.compile(r"[\W_]+")


def snippet(texts: Sequence[str | None], parts: Sequence[str]) -> str:
    """Around the first match in the first of `texts` that has one, else their beginning.

    `parts` are `terms.parts_of` the question. Personal numbers are masked.
    """
    first = ""
    for each in texts:
        if each and each.strip():
            text = _one_line(mask_numbers(each))
            if spans := _spans(text, parts):
                return _cut(text, spans)
            first = first or text
    return _cut(first, [])


def _one_line(text: str) -> str:
    """Without marks of its own."""
    return " ".join(text.replace(OPEN, "").replace(CLOSE, "").split())


def _spans(text: str, parts: Sequence[str]) -> list[tuple[int, int]]:
    """Where in `text` the parts stand, in order, without overlaps."""
    spelt = plain(text)
    if len(spelt) != len(text):
        spelt = text.lower() if len(text.lower()) == len(text) else text
    found = [span for part in parts for span in _where(spelt, part)]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _where(spelt: str, part: str) -> list[tuple[int, int]]:
    runs = [re.escape(run) for run in _GAP.split(part) if run]
    if not runs:
        return []
    pattern = r"[\W_]*".join(runs)
    if re.match(r"[a-z]", part):
        pattern = rf"(?<![a-z]){pattern}"
    found = [match.span() for match in re.finditer(pattern, spelt)]
    return found or (_where_initials(spelt, part) if are_initials(part) else [])


def _where_initials(spelt: str, letters: str) -> list[tuple[int, int]]:
    if not _may_begin_with(spelt, letters):
        return []  # which is told much sooner than where its words end
    words = word_initials(spelt)
    ends: dict[int, set[str]] = {}
    """Rows of neighbouring words by where they end, as far as they are what is looked for."""
    found = []
    for initials, start in words:
        end = start + len(initials)
        for before in ends.get(start, set()) | {""}:
            row = before + initials
            if row == letters:
                found.append((end - len(row), end))
            elif letters.startswith(row):
                ends.setdefault(end, set()).add(row)
    return found


def _may_begin_with(spelt: str, letters: str) -> bool:
    """Whether neighbouring characters have these initials in one of their readings."""
    rows: set[int] = set()
    """How many of the letters were seen up to here."""
    for char in spelt:
        initials = initials_of(char)
        rows = {row + 1 for row in rows | {0} if letters[row] in initials}
        if len(letters) in rows:
            return True
    return False


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> str:
    start = max(0, spans[0][0] - _BEFORE) if spans else 0
    end = min(len(text), start + _LENGTH)
    marked, at = _CUT if start else "", start
    for span_start, span_end in spans:
        if span_start >= end:
            break
        stop = min(span_end, end)
        marked += text[at:span_start] + OPEN + text[span_start:stop] + CLOSE
        at = stop
    return marked + text[at:end] + (_CUT if end < len(text) else "")
