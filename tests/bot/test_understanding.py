"""Accuracy floors on held-out lines that no training ever sees, a little below today's figures."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.bot.running_bot import QUIET, REPOSITORY, bot_python
from tests.bot.training import knowledge

HELD_OUT = REPOSITORY / "nlu_data" / "held_out"

FAQ_FIRST, FAQ_AMONG_THREE = 0.92, 0.98
"""Of ordinary questions (`faq.tsv`)."""
HARD_FIRST, HARD_AMONG_THREE = 0.65, 0.80
"""Of roundabout ones (`faq_a.tsv`, `faq_b.tsv`)."""
ANSWERED_RIGHT, ANSWERED = 0.95, 0.85
"""Share of right ones among the answers the bot dares to give, and how many it dares."""
REFUSED = 0.03
"""Share of ordinary questions that get neither answer, suggestion nor task."""
FOREIGN_UNANSWERED = 0.90
"""Share of messages that are none of a shop's business and get no answer (`faq_foreign.tsv`)."""
INTENTS = 0.70


@dataclass(frozen=True)
class Understood:
    """What the model made of a text."""

    text: str
    expected: str
    intent: str
    keys: tuple[str, ...]
    verdict: str


def lines(pattern: str) -> list[tuple[str, str]]:
    """`(text, label)` of all held-out files of that name."""
    found = []
    for path in sorted(HELD_OUT.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            next(rows)
            found += [(row[0], row[1]) for row in rows if row]
    return found


def understand(model: Path, texts: list[str]) -> list[dict[str, Any]]:
    """Ask the model in Rasa's own environment."""
    script = REPOSITORY / "tests" / "bot" / "understand.py"
    done = subprocess.run(
        [str(bot_python()), str(script), str(model)],
        cwd=REPOSITORY,
        env={**os.environ, **QUIET, "PYTHONPATH": str(REPOSITORY)},
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def understood(model: Path) -> dict[str, list[Understood]]:
    """Everything held out, understood in one go."""
    groups = {
        "faq": lines("faq.tsv"),
        "hard": lines("faq_[ab].tsv"),
        "foreign": lines("faq_foreign.tsv"),
        "intents": lines("intents*.tsv"),
    }
    groups["titles"] = [(entry.question, entry.key) for entry in knowledge()]
    groups["buttons"] = [
        ("转人工", "ask_human"),
        ("留言登记", "open_ticket"),
        ("以上都不是", "none_of_these"),
        ("没有订单号", "deny"),
        ("不留联系方式", "deny"),
    ]
    groups["signs"] = [("？？？", "urge_reply")]
    groups["noise"] = [(text, "") for text in ("jkwpq vvbmx", "xkcdz")]
    rows = [(name, text, label) for name, group in groups.items() for text, label in group]
    parsed = understand(model, [text for _, text, _ in rows])
    assert len(parsed) == len(rows)
    found: dict[str, list[Understood]] = {name: [] for name in groups}
    for (name, text, label), answer in zip(rows, parsed, strict=True):
        found[name].append(
            Understood(
                text,
                label,
                str(answer["intent"]["name"]),
                tuple(item["key"] for item in answer["faq_ranking"]),
                answer["faq_decision"]["verdict"],
            )
        )
    return found


def share(hits: list[bool]) -> float:
    return sum(hits) / max(len(hits), 1)


def test_the_right_entry_is_first_or_among_three(
    understood: dict[str, list[Understood]],
) -> None:
    for name, first, three in (
        ("faq", FAQ_FIRST, FAQ_AMONG_THREE),
        ("hard", HARD_FIRST, HARD_AMONG_THREE),
    ):
        rows = understood[name]
        assert share([row.keys[:1] == (row.expected,) for row in rows]) >= first
        assert share([row.expected in row.keys for row in rows]) >= three


def test_what_is_answered_is_right(understood: dict[str, list[Understood]]) -> None:
    answered = [row for row in understood["faq"] if row.intent == "faq" and row.verdict == "answer"]
    assert share([row.keys[0] == row.expected for row in answered]) >= ANSWERED_RIGHT
    assert len(answered) / len(understood["faq"]) >= ANSWERED


def test_an_ordinary_question_is_hardly_ever_refused(
    understood: dict[str, list[Understood]],
) -> None:
    refused = [row.intent == "nlu_fallback" and row.verdict == "none" for row in understood["faq"]]
    assert share(refused) <= REFUSED


def test_what_is_none_of_a_shops_business_is_not_answered(
    understood: dict[str, list[Understood]],
) -> None:
    answered = [row.intent == "faq" and row.verdict == "answer" for row in understood["foreign"]]
    assert 1 - share(answered) >= FOREIGN_UNANSWERED


def test_intents(understood: dict[str, list[Understood]]) -> None:
    rows = understood["intents"]
    assert share([row.intent == row.expected for row in rows]) >= INTENTS


def test_a_title_is_answered_for_certain(understood: dict[str, list[Understood]]) -> None:
    for row in understood["titles"]:
        assert (row.intent, row.verdict, row.keys[0]) == ("faq", "answer", row.expected)


def test_a_tapped_button_is_always_understood(understood: dict[str, list[Understood]]) -> None:
    for row in understood["buttons"]:
        assert row.intent == row.expected


def test_question_marks_alone_urge_an_answer(understood: dict[str, list[Understood]]) -> None:
    for row in understood["signs"]:
        assert row.intent == row.expected


def test_noise_is_not_understood(understood: dict[str, list[Understood]]) -> None:
    for row in understood["noise"]:
        assert (row.intent, row.verdict) == ("nlu_fallback", "none"), row.text
