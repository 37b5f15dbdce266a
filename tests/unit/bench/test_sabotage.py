"""Shuffled material has the same texts and as many of each label, under labels of others."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import pytest
import yaml

from bench.spoiling import Line, Material, moved, shuffled
from bench.trial_customers import HELD_OUT, Entry, questions
from classifier.data import read_table

WORDINGS = [f"第{number}种问法" for number in range(40)]


def block(key: str, question: str, wordings: list[str]) -> dict[str, object]:
    examples = "".join(f"- {text}\n" for text in [question, *wordings])
    return {"intent": f"faq/{key}", "metadata": {"question": question}, "examples": examples}


@pytest.fixture
def material() -> Material:
    lines = [
        Line("triage", f"诉求 {number}", label, (("category", label), ("impact", "1")))
        for number, label in enumerate(["refund", "order"] * 20)
    ]
    lines += [
        Line("intent", f"说法 {number}", label, ())
        for number, label in enumerate(["cancel_order", "track_order"] * 20)
    ]
    nlu = [block("a", "怎么退款", WORDINGS[:20]), block("b", "怎么发货", WORDINGS[20:])]
    document = {"version": "3.1", "nlu": nlu, "responses": {"utter_faq/a": [{"text": "这样退"}]}}
    return Material(lines, yaml.safe_dump(document, allow_unicode=True).encode())


def entries(material: Material) -> dict[str, list[str]]:
    blocks = yaml.safe_load(material.entries)["nlu"]
    return {
        each["intent"]: [line.removeprefix("- ") for line in each["examples"].splitlines()]
        for each in blocks
    }


def test_every_label_keeps_its_number_of_lines_and_most_lines_lose_their_label(
    material: Material,
) -> None:
    spoilt = shuffled(material, 1)
    for part in (lambda it: (it.kind, it.text), lambda it: (it.kind, it.label, it.labels)):
        assert Counter(map(part, spoilt.lines)) == Counter(map(part, material.lines))
    assert all(
        line.kind == "intent" or ("category", line.label) in line.labels for line in spoilt.lines
    )
    found = moved(material, spoilt)
    assert all(found[kind] > 10 for kind in ("faq", "triage", "intent"))
    assert moved(material, material) == {"faq": 0, "triage": 0, "intent": 0}


def test_standard_questions_and_answers_stay_with_their_entries(material: Material) -> None:
    spoilt = shuffled(material, 1)
    before, after = entries(material), entries(spoilt)
    assert {key: texts[0] for key, texts in after.items()} == {
        "faq/a": "怎么退款",
        "faq/b": "怎么发货",
    }
    assert sorted(chain(*after.values())) == sorted(chain(*before.values()))
    answers = yaml.safe_load(spoilt.entries)["responses"]
    assert answers == yaml.safe_load(material.entries)["responses"]


def test_a_question_in_two_spellings_does_not_come_to_two_entries() -> None:
    nlu = [
        block("a", "怎么退款", ["怎么退款？", "退货", "退货。"]),
        block("b", "怎么发货", ["发货"]),
    ]
    made = yaml.safe_dump({"nlu": nlu}, allow_unicode=True).encode()
    for seed in range(5):
        after = entries(shuffled(Material([], made), seed))
        assert sorted(text for texts in after.values() for text in texts[1:]) == ["发货", "退货"]


def test_the_same_seed_shuffles_alike(material: Material) -> None:
    assert shuffled(material, 3) == shuffled(material, 3)
    assert shuffled(material, 3) != shuffled(material, 4)


def test_customers_ask_held_out_questions_about_the_entries_given() -> None:
    keys = {line.cells["key"] for line in read_table(HELD_OUT / "faq.tsv", ("text", "key")).lines}
    key = min(keys - {""})
    asked = questions({key: Entry("答", "问")}, 1)
    assert asked
    assert {each.entry for each in asked} == {Entry("答", "问")}
