"""Who wants a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier.data import DataError
from classifier.predict import TriageClassifier
from classifier.train import train_triage
from classifier.wishes import names_no_person, read_wishes
from nlp import HashingEmbedder

WISHES = [
    *((f"{verb}{who}", "1") for verb in ("转", "找", "叫", "接", "要") for who in ("人工", "真人")),
    *(
        (f"{what}多少钱", "0")
        for what in ("人工费", "人工草坪", "人工智能音箱", "机器人", "转接头")
    ),
    *((f"我要{what}", "0") for what in ("退货", "发票", "换货", "改地址", "查快递")),
]


def write(path: Path, rows: list[tuple[str, str]]) -> Path:
    path.write_text("text\twants_human\n" + "".join(f"{t}\t{y}\n" for t, y in rows), "utf-8")
    return path


@pytest.fixture(scope="module")
def desk(triage_file: Path, tmp_path_factory: pytest.TempPathFactory) -> TriageClassifier:
    folder = tmp_path_factory.mktemp("wishes")
    wishes = write(folder / "human.tsv", WISHES)
    train_triage([triage_file], folder / "model", wishes=[wishes], embedder=HashingEmbedder())
    return TriageClassifier.load(folder / "model")


def test_a_wish_and_its_look_alike_are_told_apart(desk: TriageClassifier) -> None:
    assert (desk.predict("转人工").wants_person or 0) > 0.5
    assert (desk.predict("人工费多少钱").wants_person or 0) < 0.5


def test_a_wish_at_the_end_of_a_story_counts(desk: TriageClassifier) -> None:
    told = "冰箱昨天开始漏水地板都泡了,转人工"
    assert (desk.predict(told).wants_person or 0) > 0.5


def test_without_such_data_nothing_is_said(trained: tuple[Path, object]) -> None:
    assert TriageClassifier.load(trained[0]).predict("转人工").wants_person is None


def test_other_labels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="0 or 1"):
        read_wishes([write(tmp_path / "h.tsv", [("转人工", "yes")])])


@pytest.mark.parametrize("text", ["转人工", "客服呢", "kf", "我要真人"])
def test_a_message_that_names_people_is_no_sure_counterexample(text: str) -> None:
    assert not names_no_person(text)


def test_an_ordinary_request_is() -> None:
    assert names_no_person("发票抬头开错了怎么改")
