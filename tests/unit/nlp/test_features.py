from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import CueTable, FeatureSettings, HashingEmbedder, HybridFeatures, Tokenizer
from nlp.features import shorten

TEXTS = ["我的快递到哪了", "退款什么时候到账", "发票抬头开错了"]


@pytest.fixture(scope="module")
def features(tokenizer: Tokenizer) -> HybridFeatures:
    cues = CueTable({"legal": ["律师|起诉"]})
    return HybridFeatures(HashingEmbedder(16), tokenizer, cues=cues).fit(TEXTS)


def test_rows_hold_characters_words_cues_and_embedding(features: HybridFeatures) -> None:
    rows = features.transform([*TEXTS, "我找律师"])
    assert rows.shape == (4, features.width)
    assert rows.dtype == np.float32
    lexical = len(features.chars) + len(features.words) + 1 + len(features.sounds)
    assert lexical == features.embedding_start < features.width <= lexical + 16
    assert rows[3, features.cues_start] == pytest.approx(features.settings.cue_weight)
    assert rows[0, features.cues_start] == 0


def test_every_lexical_column_can_be_read(features: HybridFeatures) -> None:
    assert features.readable(features.chars.grams.index("退款")) == "退款"
    word = len(features.chars) + features.words.grams.index("快递")
    assert features.readable(word) == "快递"
    assert features.readable(features.cues_start) == "legal"
    assert features.readable(features.embedding_start) is None


def test_homophones_share_their_sounds(features: HybridFeatures) -> None:
    def sounds(text: str) -> set[int]:
        row = features.transform([text])
        return {c for c in row.indices if features.sounds_start <= c < features.embedding_start}

    assert sounds("退款") == sounds("推宽") == sounds("tuikuan") | sounds("推") | sounds("宽")
    assert sounds("发票") != sounds("退款")


def test_spelling_makes_no_difference(features: HybridFeatures) -> None:
    one, other = features.transform(["退款，OK？", "退款,ｏｋ?\u200b"])
    assert (one != other).nnz == 0


def test_long_numbers_all_look_alike(features: HybridFeatures) -> None:
    one, other = features.transform(["订单20000000001", "订单98765432109876"])
    assert (one != other).nnz == 0
    assert features.prepare("打12315").text == "打12315"


def test_the_embedding_of_a_long_text_weighs_less(features: HybridFeatures) -> None:
    def length(text: str) -> float:
        row = features.transform([text])[:, features.embedding_start :]
        return float(np.sqrt(row.multiply(row).sum()))

    short, longer, longest = length("退款" * 5), length("退款呀" * 40), length("退款呀" * 600)
    assert short == pytest.approx(features.settings.embedding_weight, rel=1e-3)
    assert short > longer > longest > 0


def test_a_text_over_the_limit_is_read_from_its_beginning(tokenizer: Tokenizer) -> None:
    settings = FeatureSettings(longest_text=10)
    features = HybridFeatures(HashingEmbedder(16), tokenizer, settings)
    assert features.prepare("退款呀" * 1_000).text == "退款呀退款呀退款呀退"


def test_nothing_to_learn_from_is_refused(tokenizer: Tokenizer) -> None:
    with pytest.raises(ValueError, match="no texts"):
        HybridFeatures(HashingEmbedder(16), tokenizer).fit([])


@given(text=st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_text_gives_a_finite_row(features: HybridFeatures, text: str) -> None:
    assert np.isfinite(features.transform([text]).data).all()


def test_features_come_back_from_their_state(features: HybridFeatures) -> None:
    again = HybridFeatures.from_state(features.to_state(), HashingEmbedder(16))
    assert again.settings == features.settings
    assert (again.transform(TEXTS) != features.transform(TEXTS)).nnz == 0


def test_another_embedding_is_refused(features: HybridFeatures) -> None:
    with pytest.raises(ValueError, match="hashing-16"):
        HybridFeatures.from_state(features.to_state(), HashingEmbedder(32))


@given(st.text(max_size=100), st.integers(1, 60))
def test_a_shortened_text_keeps_its_ends(text: str, longest: int) -> None:
    short = shorten(text, longest)
    assert len(short) <= longest
    if len(text) <= longest:
        assert short == text
    else:
        tail = longest // 3
        assert text.startswith(short[: longest - tail - 1])
        assert not tail or text.endswith(short[-tail:])
