"""The words of `texts.yml`: what the responses of the domain are filled in with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import TypeAdapter


@cache
def texts() -> Mapping[str, Mapping[str | int, str]]:
    """The file as it is, by topic."""
    raw = resources.files(__package__).joinpath("texts.yml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, dict[str | int, str]]).validate_python(yaml.safe_load(raw))


def named(topic: str, key: str | int) -> str:
    """How customers call it; a key nobody has named stands for itself."""
    return texts()[topic].get(key, str(key))


def phrase(name: str, **values: object) -> str:
    """A piece of a sentence with its places filled."""
    return texts()["phrase"][name].format(**values)
