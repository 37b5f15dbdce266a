"""Held-out lines whose words a release has learned prove nothing of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.learning.material.bundle import NLU_DATA
from api.learning.proof.evaluation import LEFT_OUT, evaluation_of
from api.learning.proof.examining import Examined, examine
from api.learning.proof.learned import Learned
from api.learning.proof.predicting import FOREIGN, Expected, Prediction, held_out, store
from api.learning.proof.service import findings_of
from classifier.store import save_model


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A release that was taught a line of each kind."""
    data = tmp_path / "data"
    for name in ("intents", "triage", "human"):
        (data / name).mkdir(parents=True)
    entry = {"key": "refund_how", "question": "怎么退款", "questions": ["退钱要多久？"]}
    (data / "knowledge.json").write_text(json.dumps([entry]), "utf-8")
    examples = (
        "nlu:\n- intent: inform\n  examples: |\n    - 要[红色](color)的\n"
        "- synonym: 冰箱\n  examples: |\n    - 雪柜\n"
    )
    (data / "intents" / "examples.yml").write_text(examples, "utf-8")
    (data / "human" / "requests.tsv").write_text("text\twants_human\n找人工\t1\n", "utf-8")
    (data / "triage" / "requests.tsv").write_text("text\tcategory\n漏电了\tquality\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("part", "text", "learned"),
    [
        ("faq", "怎么退款", True),
        ("faq", "退錢要多久", True),
        ("intent", "要红色的！", True),
        ("human", "找人工。", True),
        ("intent", "雪柜", False),
        ("category", "漏电了！", True),
        ("priority", "漏电了", True),
        ("faq", "漏电了", False),
        ("category", "找人工", False),
        ("faq", "怎么退款给我", False),
    ],
)
def test_a_line_is_learned_when_its_words_were_taught_to_what_answers_it(
    release: Path, part: str, text: str, learned: bool
) -> None:
    assert Learned(release).has(Expected("set", part, text, "x")) is learned


def test_a_release_without_its_data_has_learned_nothing(tmp_path: Path) -> None:
    assert not Learned(tmp_path).has(Expected("set", "faq", "怎么退款", "x"))


def predictions(right: bool) -> list[Prediction]:
    texts = ("怎么退款", "货到哪了", "开发票")
    return [
        Prediction("faq", "faq", text, "a", "a" if right else "b", 0.9, right) for text in texts
    ]


def test_such_lines_are_asked_and_kept_and_do_not_count(release: Path, tmp_path: Path) -> None:
    store(release, predictions(right=True))
    lines = [Expected(one.set, one.part, one.text, one.expected) for one in predictions(True)]
    after = examine(release, Path("python"), lines, [])
    assert [line[2] for line in after.learned] == ["怎么退款"]
    assert len(after.predictions) == 3
    save_model(tmp_path / "classifier", {"nothing": 0}, {"kind": "triage", "targets": {}})
    figures = evaluation_of(tmp_path, after)
    assert figures[LEFT_OUT] == 1
    assert isinstance(figures["faq"], dict)
    assert figures["faq"]["faq"]["rows"] == 2  # type: ignore[index,call-overload]


def test_a_release_has_the_accuracy_that_its_proof_shows(tmp_path: Path) -> None:
    said = {"suggestions:a,b": False, "human": False, "answer:a": False, "none": True}
    foreign = [
        Prediction("faq_foreign", "faq", f"明天会下雨吗 {key}", FOREIGN, key, 0.9, right)
        for key, right in said.items()
    ]
    asked = Examined(foreign, {})
    save_model(tmp_path / "classifier", {"nothing": 0}, {"kind": "triage", "targets": {}})
    figures = evaluation_of(tmp_path, asked)
    assert figures["faq_foreign"]["faq"]["accuracy"] == 0.25  # type: ignore[index,call-overload]
    assert findings_of(asked, asked, []).parts[0].overall.after == 0.25


@pytest.mark.parametrize("who", ["before", "after"])
def test_a_line_that_either_release_has_learned_is_not_compared(who: str) -> None:
    known = frozenset({predictions(True)[0].line})
    before = Examined(predictions(right=False), {}, known if who == "before" else frozenset())
    after = Examined(predictions(right=True), {}, known if who == "after" else frozenset())
    found = findings_of(before, after, [])
    assert (found.lines, found.left_out, len(found.gains)) == (2, 1, 2)
    assert found.parts[0].overall.n == 2


def test_no_held_out_line_is_in_what_the_desk_comes_with(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("intents", "human"):
        (tmp_path / "data" / name).symlink_to(NLU_DATA / name)
    learned = Learned(tmp_path)
    lines = [line for line in held_out(NLU_DATA / "held_out") if line.part == "human"]
    assert len(lines) > 250
    assert [line.text for line in lines if learned.has(line)] == []
