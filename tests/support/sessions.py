"""Recorded-looking sessions made of the project's own held-out questions."""

from __future__ import annotations

import csv
from pathlib import Path

from cli.replay.recording import Session

HELD_OUT = Path(__file__).resolve().parents[2] / "nlu_data" / "held_out"


def sessions(count: int, turns: int) -> list[Session]:
    """`count` customers who each ask `turns` questions; every eighth asks for a person."""
    questions = _questions()
    made = []
    for number in range(count):
        start = number * turns
        said = [questions[(start + offset) % len(questions)] for offset in range(turns)]
        if number % 8 == 7:
            said[turns // 2] = "转人工"
        made.append(Session(f"customer {number}", tuple(said)))
    return made


def _questions() -> list[str]:
    found = []
    for name in ("faq_a.tsv", "faq_b.tsv"):
        with (HELD_OUT / name).open(encoding="utf-8", newline="") as file:
            found += [row["text"] for row in csv.DictReader(file, delimiter="\t")]
    # entries stand together in the file; a customer rarely asks the same thing six times
    return found[::7] + found[3::7] + found[5::7]
