"""The bundled data is what docs/architecture.md §7 says, and held-out lines stay held out."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from actions.tasks.catalog import TASKS
from nlp.normalise import normalise

REPOSITORY = Path(__file__).resolve().parents[3]
NLU_DATA = REPOSITORY / "nlu_data"
SIGNS = re.compile(r"[\W_]+")
CATEGORIES = {
    *("order", "logistics", "refund", "payment", "invoice", "product"),
    *("quality", "aftersales", "account", "promotion", "service", "other"),
}
LABELS = {
    "category": CATEGORIES,
    "nature": {"consult", "help", "complaint", "report", "suggestion", "praise"},
    "impact": {"1", "2", "3", "4"},
    "urgency": {"1", "2", "3", "4"},
    "sentiment": {"negative", "neutral", "positive"},
    "anger": {"0", "1"},
}


def faq_topics() -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text("utf-8")) for path in sorted(NLU_DATA.glob("faq/*.yml"))]


def faq_entries() -> list[dict[str, Any]]:
    return [entry for topic in faq_topics() for entry in topic["entries"]]


def same_words(text: str) -> str:
    """`text` as the bot compares it with what it was taught: without signs and spaces."""
    spelled = normalise(text)
    return SIGNS.sub("", spelled) or spelled


def intent_examples() -> Iterator[tuple[str, str]]:
    for path in sorted([*NLU_DATA.glob("intents/*.yml"), *REPOSITORY.glob("bot/data/*.yml")]):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            for line in block.get("examples", "").splitlines():
                if line.strip() and "intent" in block:
                    yield block["intent"], line.strip().removeprefix("- ")


def rows(*patterns: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for pattern in patterns:
        for path in sorted(NLU_DATA.glob(pattern)):
            with path.open(encoding="utf-8", newline="") as file:
                found += list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return found


def test_there_are_at_least_forty_faq_entries_over_all_categories() -> None:
    assert {topic["category"] for topic in faq_topics()} == CATEGORIES
    assert len(faq_entries()) >= 40


def test_every_faq_entry_has_twelve_different_questions_and_an_answer() -> None:
    for entry in faq_entries():
        wordings = {same_words(str(text)) for text in entry["questions"]}
        assert len(wordings) >= 12, entry["key"]
        assert entry["question"].strip(), entry["key"]
        assert len(entry["answer"].strip()) >= 20, entry["key"]


def test_the_task_of_a_faq_entry_is_one_of_the_bots() -> None:
    tasks = {entry["task"] for entry in faq_entries() if "task" in entry}
    assert tasks
    assert tasks <= set(TASKS)


def test_faq_keys_are_unique_and_name_their_category() -> None:
    keys = Counter(entry["key"] for entry in faq_entries())
    assert [key for key, count in keys.items() if count > 1] == []
    for topic in faq_topics():
        for entry in topic["entries"]:
            assert entry["key"].startswith(topic["category"] + "_"), entry["key"]


def test_no_wording_stands_in_two_places() -> None:
    wordings = [
        (same_words(str(text)), entry["key"])
        for entry in faq_entries()
        for text in entry["questions"]
    ]
    wordings += [(same_words(text), intent) for intent, text in intent_examples()]
    owners: dict[str, set[str]] = {}
    for wording, owner in wordings:
        owners.setdefault(wording, set()).add(owner)
    assert {wording: found for wording, found in owners.items() if len(found) > 1} == {}


def test_the_intents_the_bot_needs_have_examples() -> None:
    counts = Counter(intent for intent, _ in intent_examples())
    small_talk = {"greet", "thank", "goodbye", "nothing_more", "hold_on", "urge_reply", "distress"}
    for intent in small_talk | {"ask_human", "complain"} | set(TASKS):
        assert counts[intent] >= 30, intent
    assert counts["out_of_scope"] >= 100


def test_triage_requests_are_labelled_by_the_norms() -> None:
    requests = rows("triage/*.tsv", "held_out/triage*.tsv")
    for request in requests:
        assert request["text"].strip(), request
        for label, allowed in LABELS.items():
            assert request[label] in allowed, (label, request)


def test_there_are_fifteen_hundred_different_triage_requests() -> None:
    assert len({normalise(request["text"]) for request in rows("triage/*.tsv")}) >= 1500


def test_held_out_lines_are_in_no_training_data() -> None:
    trained = {same_words(str(text)) for entry in faq_entries() for text in entry["questions"]}
    trained |= {same_words(entry["question"]) for entry in faq_entries()}
    trained |= {same_words(text) for _, text in intent_examples()}
    trained |= {same_words(row["text"]) for row in rows("human/*.tsv")}
    held_out = rows("held_out/faq*.tsv", "held_out/intents.tsv", "held_out/human.tsv")
    assert held_out
    assert [row["text"] for row in held_out if same_words(row["text"]) in trained] == []


def test_held_out_triage_requests_are_in_no_training_data() -> None:
    trained = {same_words(request["text"]) for request in rows("triage/*.tsv")}
    held_out = rows("held_out/triage*.tsv")
    assert held_out
    assert [row["text"] for row in held_out if same_words(row["text"]) in trained] == []


def test_every_held_out_line_names_something_that_exists() -> None:
    keys = {entry["key"] for entry in faq_entries()}
    intents = {intent for intent, _ in intent_examples()}
    assert {row["key"] for row in rows("held_out/faq*.tsv")} <= keys | {""}  # "": out of scope
    assert {row["intent"] for row in rows("held_out/intents.tsv")} <= intents
