"""Texts for customers and staff, by key and language (`zh.yml`, `en.yml`)."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

DEFAULT = "zh"
LANGUAGES = ("zh", "en")


@cache
def texts(language: str) -> dict[str, str]:
    """All texts of `language` as flat `section.key` → text."""
    raw = resources.files(__package__).joinpath(f"{language}.yml").read_text(encoding="utf-8")
    return {
        f"{section}.{key}": str(text)
        for section, entries in yaml.safe_load(raw).items()
        for key, text in entries.items()
    }


def say(key: str, language: str = DEFAULT, **values: object) -> str:
    """The text of `key` with `values` filled in; KeyError when there is none."""
    return texts(language)[key].format(**values)


def choose(accept_language: str | None) -> str:
    """Language for an `Accept-Language` header: the first of ours it names, Chinese otherwise."""
    for part in (accept_language or "").lower().split(","):
        primary = part.split(";")[0].strip().split("-")[0]
        if primary in LANGUAGES:
            return primary
    return DEFAULT
