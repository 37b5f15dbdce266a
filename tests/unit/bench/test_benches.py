from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.bench import faq, human, models, triage
from cli.bench.faq import Question
from cli.bench.human import Wish, bench_human
from cli.bench.models import find_model
from cli.bench.parsing import Understood, task_intents
from cli.bench.request import Request, Source
from cli.bench.triage import Labelled, bench_triage
from cli.errors import Refused
from cli.output import console
from cli.progress import Steps

STEPS = Steps(console(stderr=True))


def request(file: Path | None, home: Path, **changes: object) -> Request:
    asked = {"release": None, "model": None, **changes}
    return Request(file, environ={"FENZHEN_HOME": str(home)}, **asked)  # type: ignore[arg-type]


def seen(intent: str, verdict: str = "none", *keys: str, score: float = 0.9) -> Understood:
    ranking = tuple((key, score / (n + 1)) for n, key in enumerate(keys))
    return Understood(intent, 0.9, ranking, verdict, keys if verdict != "none" else (), 5.0)


def question(key: str, understood: Understood, *, task: bool = False) -> Question:
    return Question("f.tsv", 2, "问", key, understood, task)


@pytest.mark.parametrize(
    ("understood", "kind"),
    [
        (seen("faq", "answer", "a"), "answer"),
        (seen("faq", "suggest", "a"), "suggestion"),
        (seen("nlu_fallback", "plausible", "a"), "suggestion"),
        (seen("nlu_fallback", "none", "a"), "refusal"),
        (seen("nlu_fallback", "answer", "a"), "suggestion"),
        (seen("greet", "answer", "a"), "intent"),
    ],
)
def test_what_the_bot_does_follows_intent_and_verdict(understood: Understood, kind: str) -> None:
    assert understood.kind == kind


def test_faq_figures_tell_questions_from_foreign_messages() -> None:
    rows = [
        question("a", seen("faq", "answer", "a", "b")),
        question("a", seen("faq", "answer", "b", "a")),
        question("a", seen("faq", "suggest", "b", "c", "a")),
        question("a", seen("track_order"), task=True),
        question("a", seen("greet")),
        question("", seen("faq", "answer", "a")),
        question("", seen("out_of_scope")),
        question("", seen("nlu_fallback", "plausible", "a")),
        question("", seen("nlu_fallback")),
    ]
    found = faq.measure(rows)
    inside, outside = found["in_scope"], found["out_of_scope"]
    assert isinstance(inside, dict)
    assert isinstance(outside, dict)
    assert (inside["rows"], inside["top1"], inside["top3"]) == (5, 0.2, 0.6)
    assert (inside["answered"], inside["answered_right"]) == (0.4, 0.5)
    assert (inside["suggested"], inside["suggested_with_right"]) == (0.2, 1.0)
    assert (inside["task"], inside["refused"]) == (0.2, 0.2)
    assert (outside["answered"], outside["suggested"]) == (0.25, 0.25)
    assert (outside["not_answered"], outside["neither"]) == (0.75, 0.5)


def test_human_figures_count_misses_and_false_alarms() -> None:
    def wish(wanted: bool, by: str | None) -> Wish:
        return Wish("f.tsv", 2, "人工", wanted, by, "ask_human")

    rows = [wish(True, "worker"), wish(True, "intent"), wish(True, None), wish(False, "intent")]
    found = human.measure([*rows, wish(False, None)])
    assert (found["recall"], found["false_alarms"], found["precision"]) == (0.6667, 0.5, 0.6667)
    assert (found["missed"], found["alarms"], found["by_worker"]) == (1, 1, 1)


def test_p1_is_told_apart_and_unlabelled_targets_are_left_out() -> None:
    def row(truth: str, said: str) -> Labelled:
        return Labelled("f.tsv", 2, "x", {"priority": truth}, {"priority": (said, 0.9)}, 4.0)

    found = triage.measure([row("P1", "P1"), row("P1", "P2"), row("P3", "P1"), row("P4", "P4")])
    assert found["p1"] == {"recall": 0.5, "precision": 0.5}
    assert found["ms"] == {"p50": 4.0, "p95": 4.0}
    assert "category" not in found


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("message\tpriority\n退款\tP1\n", "no column 'text'"),
        ("text\tpriority\n退款\tP9\n", "t.tsv:2: priority 'P9'"),
        ("text\tpriority\n退款\t\n", "is filled in"),
        ("text\timpact\n退款\t7\n", "t.tsv:2: impact '7'"),
        ("text\tpriority\n \tP1\n", "t.tsv:2: column 'text' is empty"),
    ],
)
def test_a_bad_triage_file_is_refused_before_any_training(
    tmp_path: Path, content: str, complaint: str
) -> None:
    path = tmp_path / "t.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Refused) as caught:
        bench_triage(request(path, tmp_path), STEPS)
    assert complaint in caught.value.text.en
    assert not (tmp_path / "bench").exists()


def test_a_bad_wish_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "h.tsv"
    path.write_text("text\twants_human\n人工\tmaybe\n", encoding="utf-8")
    with pytest.raises(Refused, match=r"h\.tsv:2: wants_human 'maybe'"):
        bench_human(request(path, tmp_path), STEPS)


def test_a_release_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no trained release"):
        find_model("bot", request(None, tmp_path, release="live"), STEPS)
    with pytest.raises(Refused, match="not the folder of a release"):
        find_model("bot", request(None, tmp_path, model=tmp_path), STEPS)


def test_without_a_running_desk_the_newest_whole_release_is_measured(tmp_path: Path) -> None:
    for number in (9, 10):
        folder = tmp_path / "releases" / str(number)
        folder.mkdir(parents=True)
        (folder / "model.tar.gz").touch()
    (tmp_path / "releases" / ".training-x").mkdir()
    found = find_model("bot", request(None, tmp_path), STEPS)
    assert (found.kind, found.release) == ("newest", 10)


def test_tasks_are_those_of_the_rules(tmp_path: Path) -> None:
    found = task_intents(Source("given", tmp_path))
    assert {"track_order", "book_appointment"} <= found
    assert not found & {"greet", "faq", "out_of_scope"}


@pytest.mark.parametrize(
    "name", ["triage/a.tsv", "human/a.tsv", "intents/a.yml", "knowledge.json", "lexicon/a.txt"]
)
def test_a_classifier_is_trained_anew_when_anything_it_learns_from_changes(
    tmp_path: Path, name: str
) -> None:
    before = models._key("classifier", tmp_path)
    changed = tmp_path / name
    changed.parent.mkdir(exist_ok=True)
    changed.write_text("x", encoding="utf-8")
    assert models._key("classifier", tmp_path) != before


def test_a_model_another_bench_may_be_using_is_kept(tmp_path: Path) -> None:
    old, recent, other = (tmp_path / name for name in ("bot-1", "bot-2", "classifier-1"))
    for folder in (old, recent, other):
        folder.mkdir()
    for folder in (old, other):
        os.utime(folder, (0, 0))
    models._tidy(tmp_path, "bot")
    assert not old.exists()
    assert recent.exists()
    assert other.exists()


def test_two_benches_that_train_the_same_model_keep_the_first(tmp_path: Path) -> None:
    place = tmp_path / "bot-1"
    for number in ("1", "2"):
        work = tmp_path / f"work-{number}"
        work.mkdir()
        (work / "model.tar.gz").write_text(number, encoding="utf-8")
        models._keep(work, place, "model.tar.gz")
    assert (place / "model.tar.gz").read_text(encoding="utf-8") == "1"


def test_half_a_model_is_replaced(tmp_path: Path) -> None:
    place, work = tmp_path / "bot-1", tmp_path / "work"
    place.mkdir()
    (place / "data").touch()
    work.mkdir()
    (work / "model.tar.gz").touch()
    models._keep(work, place, "model.tar.gz")
    assert [path.name for path in place.iterdir()] == ["model.tar.gz"]
