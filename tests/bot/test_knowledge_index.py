"""The evidence for a knowledge entry, with the embedder that knows no meaning; no Rasa."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.components.knowledge_index import Entry, KnowledgeIndex
from bot.components.shared import bare, plain
from nlp.embedding import HashingEmbedder
from nlp.state import load_state, save_state

ENTRIES = [
    Entry("refund", ("退款多久到账", "钱什么时候退给我"), "三个工作日内退回原支付账户。"),
    Entry("invoice", ("怎么开发票", "电子发票在哪里下载"), "在订单详情里申请开票。"),
    Entry("size", ("衣服怎么选尺码",)),
]


def index() -> KnowledgeIndex:
    return KnowledgeIndex(HashingEmbedder()).fit(ENTRIES)


def test_a_wording_is_met_word_for_word_signs_and_width_aside() -> None:
    assert index().exact("退款多久到账？？") == "refund"
    assert index().exact(" 怎么，开发票 ") == "invoice"
    assert index().exact("退款多久") is None
    assert index().exact("？") is None


def test_a_wording_of_two_entries_belongs_to_neither_but_a_title_wins() -> None:
    shared = KnowledgeIndex(HashingEmbedder()).fit(
        [Entry("a", ("甲", "丙")), Entry("b", ("乙", "丙", "甲"))]
    )
    assert shared.exact("丙") is None
    assert shared.exact("甲") == "a"


def test_every_kind_of_evidence_points_to_the_right_entry() -> None:
    evidence = index().compare("退款的钱多久能到")
    assert int(np.argmax(evidence.centroid)) == 0
    assert int(np.argmax(evidence.document)) == 0
    evidence = index().compare("几个工作日退回账户")
    assert int(np.argmax(evidence.answer)) == 0
    assert evidence.answer[2] == 0


def test_an_empty_index_knows_nothing() -> None:
    empty = KnowledgeIndex(HashingEmbedder()).fit([])
    assert len(empty.compare("退款").centroid) == 0
    assert empty.exact("退款") is None


def test_the_stored_index_is_the_same(tmp_path: Path) -> None:
    first = index()
    save_state(tmp_path / "index.npz", first.to_state())
    second = KnowledgeIndex.from_state(load_state(tmp_path / "index.npz"), HashingEmbedder())
    assert second.keys == first.keys
    assert second.exact("怎么开发票") == "invoice"
    for name in ("centroid", "document", "answer"):
        one, other = (getattr(it.compare("发票下载"), name) for it in (first, second))
        np.testing.assert_allclose(one, other)


def test_numbers_are_taken_out_of_a_message_that_says_something() -> None:
    assert plain("我的洗衣机漏水了，订单号：202611180012345") == "我的洗衣机漏水了,"
    assert plain("订单号是202611180012345") == "订单号是00000"


def test_bare_texts_are_equal_when_the_words_are() -> None:
    assert bare("ＯＫ！") == bare("ok") == "ok"
    assert bare("？") != bare("！")
