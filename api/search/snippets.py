"""The part of a text around what was looked for, with the matches marked: pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.commerce.masking import mask_numbers
from api.search.terms import are_initials
from classifier.words import plain, word_initials

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
    shown = [_one_line(mask_numbers(text)) for text in texts if text and text.strip()]
    for text in shown:
        if spans := _spans(text, parts):
            return _cut(text, spans)
    return _cut(shown[0], []) if shown else ""


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
