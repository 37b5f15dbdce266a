"""How texts sound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalise import normalise
from nlp.pinyin import sound_grams, sounds


@pytest.mark.parametrize(
    ("said", "typed"),
    [("退货", "tuihuo"), ("转人工", "zhuanrengong"), ("女装", "nvzhuang".replace("v", "u"))],
)
def test_typed_pinyin_is_what_the_characters_sound_like(said: str, typed: str) -> None:
    assert "".join(sounds(typed)) in sound_grams(said, 3)


def test_southern_accents_make_no_difference() -> None:
    assert sounds("是") == sounds("四")
    assert sounds("民") == sounds("名")


@given(st.text(max_size=60))
def test_any_text_has_sounds(text: str) -> None:
    heard = sounds(normalise(text))
    assert all(heard)
    assert len(sound_grams(normalise(text), 2)) == max(2 * len(heard) - 1, 0)
