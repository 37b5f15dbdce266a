from __future__ import annotations

import pytest

from nlp import CueTable
from nlp.cues import CueError


def test_a_cue_is_found_by_any_of_its_patterns() -> None:
    cues = CueTable({"legal": ["律师", "起诉|仲裁"], "today": ["今[天晚]"]})
    assert cues.found("我要起诉你们") == [0]
    assert cues.found("今晚不解决就找律师") == [0, 1]
    assert cues.found("你好") == []


def test_places_are_in_characters_and_never_empty() -> None:
    cues = CueTable({"third": ["第三次", "x*"]})
    assert cues.places("这是第三次了", 0) == [(2, 5)]


def test_a_bad_pattern_is_named() -> None:
    with pytest.raises(CueError, match="'legal'"):
        CueTable({"legal": ["(起诉"]})


def test_cues_come_back_from_their_state() -> None:
    cues = CueTable({"legal": ["律师", "起诉"], "today": ["今天"]})
    again = CueTable.from_state(cues.to_state())
    assert again.names == cues.names
    assert again.found("今天找律师") == [0, 1]
