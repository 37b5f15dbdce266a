"""What the desk does with a held-out line, and whether that is right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.learning.proof.parsing import Understood
from api.learning.proof.predicting import (
    FOREIGN,
    Expected,
    Outcome,
    Prediction,
    Release,
    Seen,
    held_out,
    outcome,
    store,
    stored,
)
from classifier.data import DataError


def seen(intent: str, verdict: str = "none", *keys: str) -> Understood:
    ranking = tuple((key, 0.8 / (place + 1)) for place, key in enumerate(keys))
    return Understood(intent, 0.7, ranking, verdict, keys if verdict != "none" else (), 4.0)


@pytest.mark.parametrize(
    ("text", "wish", "understood", "expected"),
    [
        ("怎么退货", 0.0, seen("faq", "answer", "refund_how"), Outcome("answer:refund_how", 0.8)),
        ("退", 0.0, seen("faq", "suggest", "a", "b"), Outcome("suggestions:a,b", 0.8)),
        ("今天天气", 0.0, seen("nlu_fallback"), Outcome("none", 1.0)),
        ("取消订单", 0.0, seen("cancel_order"), Outcome("intent:cancel_order", 0.7)),
        ("我要一个真人", 0.95, seen("faq", "answer", "a"), Outcome("human", 0.95)),
        ("找人说", None, seen("ask_human"), Outcome("human", 0.7)),
    ],
)
def test_the_worker_decides_before_the_bot(
    text: str, wish: float | None, understood: Understood, expected: Outcome
) -> None:
    assert outcome(text, wish, understood) == expected


@pytest.fixture
def release(tmp_path: Path) -> Release:
    rules = tmp_path / "data" / "bot" / "rules"
    rules.mkdir(parents=True)
    entries = [{"key": "order_cancel", "task": "cancel_order"}, {"key": "refund_how", "task": None}]
    (tmp_path / "data" / "knowledge.json").write_text(json.dumps(entries), "utf-8")
    rule = "rules:\n- rule: r\n  steps:\n  - intent: cancel_order\n  - action: task_form\n"
    (rules / "tasks.yml").write_text(rule, "utf-8")
    return Release(tmp_path, Path("python"))


@pytest.mark.parametrize(
    ("expected", "done", "right"),
    [
        ("refund_how", "answer:refund_how", True),
        ("refund_how", "suggestions:order_cancel,refund_how", True),
        ("refund_how", "suggestions:order_cancel", False),
        ("refund_how", "answer:order_cancel", False),
        ("refund_how", "none", False),
        ("refund_how", "human", False),
        ("order_cancel", "intent:cancel_order", True),
        ("refund_how", "intent:cancel_order", False),
        (FOREIGN, "none", True),
        (FOREIGN, "intent:greet", True),
        (FOREIGN, "intent:cancel_order", False),
        (FOREIGN, "suggestions:refund_how", False),
        (FOREIGN, "human", False),
    ],
)
def test_a_question_is_right_when_its_answer_can_be_read(
    release: Release, expected: str, done: str, right: bool
) -> None:
    line = Expected("faq", "faq", "问", expected)
    found = release.judge(line, Seen(Outcome(done, 0.5), ("faq", 0.5), {}))
    assert (found.predicted, found.right) == (done, right)


def test_a_wish_is_granted_by_whoever_hears_it(release: Release) -> None:
    granted = Seen(Outcome("human", 0.9), ("nlu_fallback", 0.9), {"category": ("order", 0.6)})
    wish = release.judge(Expected("human", "human", "人工", "person"), granted)
    assert (wish.predicted, wish.right) == ("person", True)
    asked = release.judge(Expected("intents", "intent", "人工", "ask_human"), granted)
    assert (asked.predicted, asked.right) == ("ask_human", True)
    category = release.judge(Expected("triage_a", "category", "人工", "refund"), granted)
    assert (category.predicted, category.confidence, category.right) == ("order", 0.6, False)


def test_held_out_lines_are_read_with_what_people_said(tmp_path: Path) -> None:
    (tmp_path / "faq_a.tsv").write_text("text\tkey\n怎么退\trefund_how\n天气\t\n", "utf-8")
    (tmp_path / "human.tsv").write_text("text\twants_human\n人工\t1\n不用人工\t0\n", "utf-8")
    (tmp_path / "intents.tsv").write_text("text\tintent\n你好\tgreet\n", "utf-8")
    triage = "text\tcategory\timpact\turgency\n漏电了\tquality\t4\t4\n"
    (tmp_path / "triage_a.tsv").write_text(triage, "utf-8")
    found = [(line.set, line.part, line.expected) for line in held_out(tmp_path)]
    assert found == [
        ("faq_a", "faq", "refund_how"),
        ("faq_a", "faq", FOREIGN),
        ("human", "human", "person"),
        ("human", "human", "nobody"),
        ("intents", "intent", "greet"),
        ("triage_a", "category", "quality"),
        ("triage_a", "impact", "4"),
        ("triage_a", "urgency", "4"),
        ("triage_a", "priority", "P1"),
    ]


def test_a_held_out_file_with_an_unknown_label_is_refused(tmp_path: Path) -> None:
    (tmp_path / "human.tsv").write_text("text\twants_human\n人工\tmaybe\n", "utf-8")
    with pytest.raises(DataError, match=r"human\.tsv:2"):
        held_out(tmp_path)


def test_predictions_are_read_as_they_were_kept(tmp_path: Path) -> None:
    kept = [Prediction("faq", "faq", "怎么\u2028退", "a", "answer:a", 0.5, right=True)]
    assert stored(tmp_path) == []
    store(tmp_path, kept)
    assert stored(tmp_path) == kept
    assert [path.name for path in tmp_path.iterdir()] == ["predictions.jsonl"]


def test_predictions_that_are_kept_twice_at_the_same_moment_are_whole(tmp_path: Path) -> None:
    kept = [Prediction("set", "intent", f"{n}", "a", "a", 0.9, True) for n in range(3)]

    def while_another_does() -> Iterator[Prediction]:
        for one in kept:
            store(tmp_path, kept)
            yield one

    store(tmp_path, while_another_does())
    assert stored(tmp_path) == kept
    assert [path.name for path in tmp_path.iterdir()] == ["predictions.jsonl"]
