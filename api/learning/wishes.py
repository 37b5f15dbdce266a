"""What knowledge and intents tell the classifier about wishes for a person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from api.learning.material.names import PREFIX
from classifier.data import write_table
from classifier.wishes import LABEL, TEXT, names_no_person

LEARNED = "wishes.tsv"
"""The file beside the snapshot that `write_wishes` is asked for."""
_WISH = "ask_human"
_DOUBTFUL = frozenset({"call_back", "distress", "urge_reply", "bot_challenge", "complain"})
"""Intents in which some want a person and some do not."""
_TO_A_PERSON = PREFIX["handoff"]
"""How intents of one's own begin that go to a person for what they are about."""
_MARKED = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def write_wishes(data: Path, path: Path) -> None:
    """Write `text, wants_human` from the snapshot of a training in `data`.

    Only lines that name people, desk or telephone: the others teach nothing that the requests for
    triage do not.
    """
    wishes = {text: wanted for text, wanted in _lines(data) if not names_no_person(text)}
    write_table(path, (TEXT, LABEL), wishes.items())


def _lines(data: Path) -> Iterator[tuple[str, str]]:
    for entry in json.loads((data / "knowledge.json").read_text("utf-8")):
        for question in (entry["question"], *entry["questions"]):
            yield question, "0"
    for path in sorted((data / "intents").glob("*.yml")):
        for block in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)["nlu"]:
            intent = block.get("intent", "")
            if not intent or intent in _DOUBTFUL or intent.startswith(_TO_A_PERSON):
                continue
            wanted = "1" if intent == _WISH else "0"
            for line in block["examples"].splitlines():
                yield _MARKED.sub(r"\1", line.removeprefix("- ").strip()), wanted
