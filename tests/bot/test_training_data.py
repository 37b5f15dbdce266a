"""Knowledge entries as Rasa training data; pure, no Rasa."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from bot.build_training_data import (
    KnowledgeEntry,
    KnowledgeError,
    domain_part,
    read_entries,
    training_data,
    write,
)
from tests.bot.running_bot import REPOSITORY

ENTRY = KnowledgeEntry(
    "refund_time", "退款多久到账", ("钱啥时候退", "退款多久到账"), "三个工作日。\n好"
)


def test_the_standard_question_is_a_wording_too_and_none_is_repeated() -> None:
    marked, plain = training_data([ENTRY])["nlu"]
    assert marked["intent"] == plain["intent"] == "faq/refund_time"
    assert marked["examples"][0] == {"text": "退款多久到账", "metadata": {"part": "title"}}
    assert plain["examples"] == "- 钱啥时候退\n"


def test_sentences_of_the_answer_are_marked_as_such() -> None:
    marked, _ = training_data([ENTRY])["nlu"]
    assert marked["examples"][1:] == [{"text": "三个工作日", "metadata": {"part": "answer"}}]


def test_the_task_of_an_entry_is_told_with_its_title() -> None:
    (intent,) = training_data([KnowledgeEntry("a", "怎么取消", task="cancel_order")])["nlu"]
    about = {"part": "title", "task": "cancel_order"}
    assert intent["examples"] == [{"text": "怎么取消", "metadata": about}]


def test_the_task_is_read_from_the_files_and_may_be_missing(tmp_path: Path) -> None:
    source = tmp_path / "knowledge.json"
    raw = [{"key": "a", "question": "问", "task": "track_order"}, {"key": "b", "question": "问二"}]
    source.write_text(json.dumps([*raw, {**raw[1], "key": "c", "task": None}]), "utf-8")
    assert [entry.task for entry in read_entries(source)] == ["track_order", "", ""]


def test_the_domain_part_never_holds_an_answer() -> None:
    assert domain_part([ENTRY])["responses"] == {
        "utter_faq/refund_time": [{"text": "退款多久到账"}]
    }


def test_an_entry_without_an_answer_is_fine() -> None:
    (intent,) = training_data([KnowledgeEntry("a", "问")])["nlu"]
    assert [item["text"] for item in intent["examples"]] == ["问"]


def test_texts_that_look_like_entities_or_lines_stay_one_text() -> None:
    (intent,) = training_data([KnowledgeEntry("a", "[图](x)\n第二行")])["nlu"]
    assert [item["text"] for item in intent["examples"]] == ["[图] (x) 第二行"]


@pytest.mark.parametrize("entries", [[], [ENTRY, ENTRY]])
def test_missing_or_repeated_keys_are_refused(entries: list[KnowledgeEntry]) -> None:
    with pytest.raises(KnowledgeError):
        training_data(entries)


def test_a_key_that_would_break_the_intent_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "knowledge.json"
    source.write_text(json.dumps([{"key": "a/b", "question": "问"}]), "utf-8")
    with pytest.raises(KnowledgeError):
        read_entries(source)


def test_everything_rasa_needs_is_written(tmp_path: Path) -> None:
    write(read_entries(REPOSITORY / "nlu_data" / "faq"), tmp_path)
    nlu = yaml.safe_load((tmp_path / "nlu" / "faq.yml").read_text("utf-8"))
    assert nlu["version"] == "3.1"
    assert len(nlu["nlu"]) > 50
    names = {path.name for path in (tmp_path / "domain").glob("*.yml")}
    assert names == {
        "faq.yml",
        *(path.name for path in (REPOSITORY / "bot" / "domain").glob("*.yml")),
    }
