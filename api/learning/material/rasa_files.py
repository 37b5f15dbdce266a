"""Lines as Rasa writes them down in YAML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

VERSION = "3.1"
"""Of Rasa's format of training data."""


@dataclass(frozen=True, slots=True)
class Example:
    """A line and what it is an example of."""

    label: str
    text: str


class _Block(str):
    """A text that is written as a block, a line each."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    pass


def _block(dumper: yaml.SafeDumper, text: _Block) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")


_Dumper.add_representer(_Block, _block)


def dump(content: Any) -> str:
    """`content` as YAML that people can read."""
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000)


def examples_text(examples: Iterable[Example], part: str = "intent") -> str:
    """A Rasa file; `part` is `intent` or `synonym`. Examples of one label stand together."""
    blocks = [
        {part: label, "examples": _Block("".join(f"- {example.text}\n" for example in group))}
        for label, group in groupby(
            sorted(examples, key=lambda example: example.label), key=lambda example: example.label
        )
    ]
    return dump({"version": VERSION, "nlu": blocks})


def write_examples(path: Path, examples: Sequence[Example], part: str = "intent") -> None:
    """Write a Rasa file."""
    path.write_text(examples_text(examples, part), "utf-8")
