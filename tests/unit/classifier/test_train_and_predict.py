from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.data import DataError
from classifier.labels import LABELS, SILENT, TARGETS
from classifier.predict import TriageClassifier, TriagePrediction
from classifier.store import METADATA, MODEL, ModelError
from classifier.train import TrainingReport, load_cues, train_triage
from nlp import HashingEmbedder
from tests.unit.classifier.conftest import ROWS, write_triage


@pytest.fixture(scope="module")
def desk(trained: tuple[Path, TrainingReport]) -> TriageClassifier:
    return TriageClassifier.load(trained[0])


def test_a_request_gets_all_labels_with_confidence_and_evidence(desk: TriageClassifier) -> None:
    seen = desk.predict("发票开错了，帮我重开一张")
    assert (seen.category.key, seen.nature.key) == ("invoice", "help")
    assert "发票" in " ".join(seen.category.evidence)
    assert 0.3 < seen.category.confidence <= 1.0
    assert not seen.anger.flag
    assert desk.predict("骗子！！什么态度！！垃圾！！").anger.flag


def test_danger_going_on_is_the_highest_of_both_scales(desk: TriageClassifier) -> None:
    seen = desk.predict("充电器正在冒烟起火")
    assert (seen.impact.key, seen.urgency.key) == ("4", "4")


@pytest.mark.parametrize("text", ["", " \n", "？！……", "\u200b", "\ud800", "。" * 3_000])
def test_a_message_that_says_nothing_is_labelled_without_confidence(
    desk: TriageClassifier, text: str
) -> None:
    seen = desk.predict(text)
    for target in TARGETS[:-1]:
        guess = getattr(seen, target)
        assert (guess.key, guess.confidence, guess.evidence) == (SILENT[target], 0.0, ())
    assert not seen.anger.flag


@given(text=st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_message_gets_known_labels(desk: TriageClassifier, text: str) -> None:
    seen = desk.predict(text)
    for field in fields(TriagePrediction):
        if field.name not in LABELS or field.name == "anger":
            continue
        guess = getattr(seen, field.name)
        assert guess.key in LABELS[field.name]
        assert 0.0 <= guess.confidence <= 1.0
    assert 0.0 <= seen.anger.confidence <= 1.0


def test_huge_messages_are_read_from_their_beginning(desk: TriageClassifier) -> None:
    assert desk.predict("发票开错了" + "。" * 1_000_000).category.key == "invoice"


def test_the_report_tells_what_was_learned_from(trained: tuple[Path, TrainingReport]) -> None:
    folder, report = trained
    assert report.rows == len(ROWS)
    assert list(report.targets) == list(TARGETS)
    assert report.targets["anger"].counts == {"0": 17, "1": 3}
    assert re.fullmatch(r"[0-9a-f]{64}", report.data_hash)
    about = json.loads((folder / METADATA).read_text(encoding="utf-8"))
    assert about["kind"] == "triage"
    assert about["data_hash"] == report.data_hash


def test_training_twice_gives_the_same_model(
    trained: tuple[Path, TrainingReport], triage_file: Path, tmp_path: Path
) -> None:
    report = train_triage([triage_file], tmp_path, embedder=HashingEmbedder())
    assert report == trained[1]
    texts = [row[0] for row in ROWS]
    one, other = TriageClassifier.load(trained[0]), TriageClassifier.load(tmp_path)
    assert [one.predict(text) for text in texts] == [other.predict(text) for text in texts]


def test_progress_is_told_step_by_step(triage_file: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    train_triage(
        [triage_file],
        tmp_path,
        lambda step, done, steps: told.append((step, done, steps)),
        embedder=HashingEmbedder(),
    )
    assert [step for step, _, _ in told] == ["read", "features", *TARGETS, "save"]
    assert [done for _, done, _ in told] == list(range(9))
    assert {steps for _, _, steps in told} == {9}


def test_rows_that_are_labelled_in_part_are_learned_in_part(tmp_path: Path) -> None:
    part = ("会员积分怎么用", "promotion", "", "", "", "", "")
    path = write_triage(tmp_path / "a.tsv", [*ROWS, part, part])
    report = train_triage([path], tmp_path / "model", embedder=HashingEmbedder())
    assert report.targets["category"].rows == report.targets["nature"].rows + 2
    assert TriageClassifier.load(tmp_path / "model").predict("积分").category.key == "promotion"


def test_a_target_with_one_label_cannot_be_learned(tmp_path: Path) -> None:
    calm = [(*row[:-1], "0") for row in ROWS]
    with pytest.raises(DataError, match="anger: at least two different labels"):
        train_triage([write_triage(tmp_path / "a.tsv", calm)], tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no trained model here"):
        TriageClassifier.load(tmp_path)


def test_a_model_without_its_weights_is_refused(
    trained: tuple[Path, TrainingReport], tmp_path: Path
) -> None:
    (tmp_path / METADATA).write_bytes((trained[0] / METADATA).read_bytes())
    (tmp_path / MODEL).write_bytes(b"")
    with pytest.raises(ModelError, match=r"model\.skops"):
        TriageClassifier.load(tmp_path)


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("escalation", "再不处理我就打12315"),
        ("third_contact", "这是第三次找你们了"),
        ("deadline_day", "明天就要用"),
        ("danger", "插座冒烟了"),
        ("theft", "我的号被盗了"),
        ("reports", "我要举报一家店"),
        ("praises", "客服很耐心"),
        ("suggests", "建议加个夜间模式"),
        ("invoice", "专票税号"),
    ],
)
def test_cues_find_what_the_norms_look_for(cue: str, text: str) -> None:
    cues = load_cues()
    assert cue in [cues.names[column] for column in cues.found(text)]


@pytest.mark.parametrize("text", ["一" * 2_000, "第" * 2_000, "!?" * 1_000, "两小时1分钟" * 300])
def test_cues_are_quick_on_any_text(text: str) -> None:
    load_cues().found(text)  # a pattern that backtracks badly would run into the test's time limit
