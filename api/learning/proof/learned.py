"""Whether a release has learned the words of a held-out line: then its answer proves nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import yaml

from api.learning.material.texts import unmarked
from api.learning.proof.predicting import Expected
from classifier.data import read_table
from classifier.labels import TARGETS
from classifier.wishes import TEXT
from classifier.words import bare

_BY_TRIAGE = frozenset({*TARGETS, "priority"})
"""Parts that the requests for triage teach. What becomes of a message, which the others are judged
by, is learned from knowledge, intents and wishes for a person together."""


class Learned:
    """The words that the release in a folder was taught."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds `data/`, the snapshot; what is not there was not learned."""
        data = folder / "data"
        self._requests = {bare(text) for text in _column(data / "triage", "text")}
        others = (*_questions(data), *_examples(data), *_column(data / "human", TEXT))
        self._others = {bare(text) for text in others}

    def has(self, line: Expected) -> bool:
        """Whether the line's words are among those that its part was taught with."""
        known = self._requests if line.part in _BY_TRIAGE else self._others
        return bare(line.text) in known


def _questions(data: Path) -> Iterator[str]:
    path = data / "knowledge.json"
    for entry in json.loads(path.read_text("utf-8")) if path.exists() else ():
        yield from (entry["question"], *entry["questions"])


def _examples(data: Path) -> Iterator[str]:
    for path in sorted((data / "intents").glob("*.yml")):
        for block in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)["nlu"]:
            if "intent" in block:
                for line in block["examples"].splitlines():
                    yield unmarked(line.strip().removeprefix("- "))


def _column(folder: Path, name: str) -> Iterator[str]:
    for path in sorted(folder.glob("*.tsv")):
        for line in read_table(path, (name,)).lines:
            yield line.cells[name]
