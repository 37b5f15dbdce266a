"""Small labelled data written for these tests, and one tokenizer for all of them."""

from __future__ import annotations

import pytest

from nlp import HashingEmbedder, TextClassifier, Tokenizer

LABELLED = (
    ("我的快递到哪了", "logistics"),
    ("包裹三天没动静了", "logistics"),
    ("快递员把包裹丢门口了", "logistics"),
    ("物流信息一直不更新", "logistics"),
    ("什么时候能派送", "logistics"),
    ("包裹被压坏了", "logistics"),
    ("退款什么时候到账", "refund"),
    ("我要退货退款", "refund"),
    ("退款怎么还没到", "refund"),
    ("这个能七天无理由退货吗", "refund"),
    ("退货的运费谁出", "refund"),
    ("申请退款被拒绝了", "refund"),
    ("发票抬头开错了", "invoice"),
    ("怎么开电子发票", "invoice"),
    ("发票可以补开吗", "invoice"),
    ("专票的税号填错了", "invoice"),
    ("发票什么时候寄", "invoice"),
    ("报销要纸质发票", "invoice"),
)


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return Tokenizer()


@pytest.fixture(scope="session")
def model(tokenizer: Tokenizer) -> TextClassifier:
    """Trained on `LABELLED` with the twin embedding."""
    texts, labels = zip(*LABELLED, strict=True)
    return TextClassifier(HashingEmbedder(), tokenizer).fit(texts, labels)
