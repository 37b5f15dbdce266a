"""Numbers in customers' messages, for those who may not reach into `nlp`."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from nlp.numbers import find_numbers

CONTACTS = ("phone", "email", "wechat")
"""Entities by which a customer can be reached."""


def newest(texts: Iterable[str], entities: Collection[str]) -> str | None:
    """The last number of these `entities` in `texts`, which come newest first."""
    for text in texts:
        for found in reversed(find_numbers(text)):
            if found.entity in entities:
                return str(found.value)
    return None


def all_of(text: str, entities: Collection[str]) -> list[tuple[str, str]]:
    """The numbers of these `entities` in `text`, in order: `(entity, number)`."""
    found = find_numbers(text)
    return [(each.entity, str(each.value)) for each in found if each.entity in entities]
