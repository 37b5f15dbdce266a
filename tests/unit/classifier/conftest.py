"""Labelled requests written for these tests, as files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from classifier.labels import TARGETS
from classifier.train import TrainingReport, train_triage
from nlp import HashingEmbedder

ROWS = (
    ("我的快递到哪了", "logistics", "consult", "1", "1", "neutral", "0"),
    ("包裹三天没动静，帮我查一下", "logistics", "help", "2", "2", "neutral", "0"),
    ("快递员把包裹扔进水坑，今天必须给说法", "logistics", "complaint", "3", "3", "negative", "0"),
    ("快递什么时候能派送", "logistics", "consult", "1", "1", "neutral", "0"),
    ("退款什么时候到账", "refund", "consult", "1", "1", "neutral", "0"),
    ("退款半个月没到账！！骗子！！", "refund", "complaint", "3", "2", "negative", "1"),
    ("帮我申请退款，明天要用钱", "refund", "help", "3", "3", "neutral", "0"),
    (
        "退款一直没人管！！垃圾！！今天不退我就打12315",
        "refund",
        "complaint",
        "3",
        "3",
        "negative",
        "1",
    ),
    ("怎么开电子发票", "invoice", "consult", "1", "1", "neutral", "0"),
    ("发票抬头开错了，帮我重开", "invoice", "help", "2", "2", "neutral", "0"),
    ("建议发票页面加一个导出按钮", "invoice", "suggestion", "1", "1", "neutral", "0"),
    ("建议物流信息多更新几次", "logistics", "suggestion", "1", "1", "neutral", "0"),
    ("有店铺卖假货，请查处", "quality", "report", "3", "2", "negative", "0"),
    ("有商家刷单卖假酒，我要举报", "quality", "report", "3", "2", "negative", "0"),
    ("充电器正在冒烟，孩子手烫伤了", "quality", "help", "4", "4", "negative", "0"),
    ("插座现在起火了怎么办", "quality", "help", "4", "4", "negative", "0"),
    ("客服小李很耐心，点赞", "service", "praise", "1", "1", "positive", "0"),
    ("谢谢师傅，服务太棒了", "service", "praise", "1", "1", "positive", "0"),
    ("客服骂人！！什么态度！！", "service", "complaint", "2", "2", "negative", "1"),
    ("客服态度敷衍，我要投诉", "service", "complaint", "2", "2", "negative", "0"),
)


def write_triage(path: Path, rows: Iterable[tuple[str, ...]] = ROWS) -> Path:
    """Write `rows` in the form of `nlu_data/triage`."""
    lines = ["\t".join(("text", *TARGETS)), *("\t".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def triage_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_triage(tmp_path_factory.mktemp("data") / "triage.tsv")


@pytest.fixture(scope="session")
def trained(
    triage_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, TrainingReport]:
    """Folder and report of a triage model with the twin embedding."""
    folder = tmp_path_factory.mktemp("model")
    return folder, train_triage([triage_file], folder, embedder=HashingEmbedder())
