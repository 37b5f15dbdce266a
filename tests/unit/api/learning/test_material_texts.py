"""Lines as they may be, and when two are the same."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from api.learning.material.labels import checked_labels
from api.learning.material.rasa_files import Example, examples_text
from api.learning.material.texts import BadLine, checked, clean, digest

ENTITIES = ("product", "date")


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("  帮我退 掉\n那双靴子 ", "帮我退 掉 那双靴子"),
        ("- 查快递", "查快递"),
        ("退掉[红色的靴子](product)", "退掉[红色的靴子](product)"),
        ("图在这[图片]", "图在这[图片]"),
        ("谢谢\u0000\ufeff", "谢谢\ufeff"),
    ],
)
def test_a_line_is_kept_on_one_line(line: str, kept: str) -> None:
    assert checked("intent", line, ENTITIES) == kept


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("", "empty"),
        (" - ", "empty"),
        ("[](product)", "bad_mark"),
        ("退掉[靴子](product", "bad_mark"),
        ("退掉[靴子](Product 1)", "bad_mark"),
        ('退掉[靴子]{"entity": "product"}', "bad_mark"),
        ("退掉[靴子](colour)", "unknown_entity"),
        ("长" * 201, "too_long"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_its_reason(line: str, code: str) -> None:
    with pytest.raises(BadLine) as refused:
        checked("intent", line, ENTITIES)
    assert refused.value.code == code


def test_wordings_are_the_same_by_their_words_and_requests_by_every_sign() -> None:
    assert digest("intent", "退货！！") == digest("intent", "退货")
    assert digest("intent", "退[靴子](product)") == digest("intent", "退靴子")
    assert digest("triage", "退货！！") != digest("triage", "退货")
    assert digest("word", "ＩＰＨＯＮＥ") == digest("word", "iphone")


@pytest.mark.parametrize(
    ("kind", "label", "labels"),
    [
        ("human", "2", {}),
        ("intent", "greet", {"category": "order"}),
        ("triage", "order", {"category": "refund"}),
        ("triage", "", {}),
        ("triage", "order", {"nature": "wish"}),
        ("triage", "order", {"priority": "P1"}),
        ("word", "Product", {}),
        ("word", "n", {"frequency": 0}),
        ("synonym", "", {}),
    ],
)
def test_labels_that_do_not_exist_are_refused(kind, label, labels) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadLine, match="unknown_label"):
        checked_labels(kind, label, labels)


def test_a_request_may_have_some_of_its_labels_only() -> None:
    assert checked_labels("triage", "refund", {}) == {"category": "refund"}
    assert checked_labels("triage", "", {"nature": "complaint"}) == {"nature": "complaint"}


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=8))
def test_what_is_written_down_is_read_back_word_for_word(texts: list[str]) -> None:
    lines = [line for line in map(clean, texts) if line]
    written = examples_text([Example("greet", line) for line in lines])
    blocks = yaml.safe_load(written)["nlu"]
    read = [line.removeprefix("- ") for it in blocks for line in it["examples"].split("\n") if line]
    assert read == lines
