from __future__ import annotations

import string

import pytest

from cli import texts
from cli.texts import Text

ALL = {name: value for name, value in vars(texts).items() if isinstance(value, Text)}


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("name", ALL)
def test_both_languages_are_there(name: str) -> None:
    assert ALL[name].zh
    assert ALL[name].en


@pytest.mark.parametrize("name", set(ALL) - {"PORT_TAKEN", "PREPARE_FAILED", "TRAIN_FAILED"})
def test_both_languages_say_the_same_things(name: str) -> None:
    assert places(ALL[name].zh) == places(ALL[name].en)
