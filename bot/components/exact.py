"""Training lines that are understood for certain when a customer says them word for word."""

from __future__ import annotations

from collections.abc import Iterable

from bot.components.shared import bare

TITLE = "title"
"""Value of the example metadata `part` that marks the standard wording of an entry."""
ANSWER_LINE = "answer"
"""… that marks a sentence of its answer: it teaches words, but nobody asks like that."""


def exact_lines(lines: Iterable[tuple[str, str, str | None]]) -> dict[str, str]:
    """`{bare text: label}` of `(text, label, part)`: titles, and what has one label only.

    A title belongs to its entry whatever else claims it; sentences of answers are no wordings.
    """
    seen: dict[str, set[str]] = {}
    titles: dict[str, str] = {}
    for text, label, part in lines:
        if part == TITLE:
            titles[bare(text)] = label
        if part != ANSWER_LINE:
            seen.setdefault(bare(text), set()).add(label)
    return {**{text: min(names) for text, names in seen.items() if len(names) == 1}, **titles}
