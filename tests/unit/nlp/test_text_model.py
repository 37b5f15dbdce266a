from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import (
    CueTable,
    FeatureSettings,
    HashingEmbedder,
    TextClassifier,
    Tokenizer,
    load_state,
    save_state,
)
from nlp.evidence import says_something, spelling_in
from tests.unit.nlp.conftest import LABELLED

WORDINGS = [
    ("快递怎么还不派送", "logistics"),
    ("我想退货，什么时候退款", "refund"),
    ("麻烦补开一张发票", "invoice"),
]


@pytest.mark.parametrize(("text", "label"), WORDINGS)
def test_new_wordings_are_understood(model: TextClassifier, text: str, label: str) -> None:
    assert model.predict(text)[0][0] == label


def test_predictions_are_sorted_and_sum_to_one(model: TextClassifier) -> None:
    chances = [chance for _, chance in model.predict("发票退款")]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1.0)


def test_a_batch_says_the_same_as_one_by_one(model: TextClassifier) -> None:
    batch = model.predict_proba([text for text, _ in WORDINGS])
    single = np.vstack([model.predict_proba([text]) for text, _ in WORDINGS])
    assert batch == pytest.approx(single, abs=1e-6)


def test_a_text_like_no_label_has_only_negative_margins(model: TextClassifier) -> None:
    assert (model.decision(["zzzz"]) < 0).all()


def test_the_deciding_words_are_named(model: TextClassifier) -> None:
    words = model.explain("你好，请问发票怎么开？谢谢", "invoice")
    assert "发票" in " ".join(words)
    assert not {"你好", "请问", "怎么", "？"} & set(words)


def test_evidence_keeps_the_spelling_of_the_customer(model: TextClassifier) -> None:
    assert any(word in "发票ＰＤＦ怎么开" for word in model.explain("发票ＰＤＦ怎么开", "invoice"))


@given(text=st.text(st.characters(exclude_categories=()), max_size=60))
def test_evidence_is_from_the_text_without_repeating_itself(
    model: TextClassifier, text: str
) -> None:
    for label in model.classes:
        words = model.explain(text, label, top=3)
        assert len(words) <= 3
        assert all(says_something(word) for word in words)
        assert not any(a in b for a in words for b in words if a is not b)


def test_an_unknown_label_has_no_evidence(model: TextClassifier) -> None:
    with pytest.raises(ValueError, match="nobody"):
        model.explain("发票", "nobody")


def test_a_cue_carries_over_to_words_never_seen(tokenizer: Tokenizer) -> None:
    texts, _ = zip(*LABELLED, strict=True)
    cues = CueTable({"legal": ["起诉|律师|12315"]})
    angry = [f"{text}，不然{'起诉你们' if row % 2 else '找律师'}" for row, text in enumerate(texts)]
    settings = FeatureSettings(cue_weight=2.0)
    model = TextClassifier(HashingEmbedder(), tokenizer, settings, cues=cues)
    model.fit([*texts, *angry], ["calm"] * len(texts) + ["legal"] * len(angry))
    assert model.predict("我打12315了")[0][0] == "legal"
    assert model.explain("我打12315了", "legal") == ["12315"]


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="2 texts but 1 labels"):
        TextClassifier(HashingEmbedder()).fit(["a", "b"], ["x"])


def test_a_saved_classifier_says_the_same(model: TextClassifier, tmp_path: Path) -> None:
    save_state(tmp_path / "model.npz", model.to_state())
    again = TextClassifier.from_state(load_state(tmp_path / "model.npz"), HashingEmbedder())
    texts = [text for text, _ in WORDINGS]
    assert np.array_equal(again.predict_proba(texts), model.predict_proba(texts))
    assert again.explain(texts[2], "invoice") == model.explain(texts[2], "invoice")
    assert again.cross_validated_accuracy == model.cross_validated_accuracy


@pytest.mark.parametrize(
    ("original", "piece", "spelled"),
    [
        ("我的iPhone坏了", "iphone坏", "iPhone坏"),
        ("开ＰＤＦ发票", "pdf发票", "ＰＤＦ发票"),
        ("别的字", "pdf", "pdf"),
    ],
)
def test_a_piece_is_found_in_the_original(original: str, piece: str, spelled: str) -> None:
    assert spelling_in(original, piece) == spelled
