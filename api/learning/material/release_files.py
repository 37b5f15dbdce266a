"""The files that releases were trained on: lines of erased customers are taken out of them.

The models themselves are not changed: they know the words until a later training is live and the
older releases are deleted. How many lines were taken out of a release stands beside its data, which
keeps the hash of what it was trained on.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from api.learning.material.rasa_files import Example, examples_text
from api.learning.material.snapshot import BUILT
from api.learning.material.texts import unmarked
from api.learning.wishes import LEARNED
from classifier.data import read_table, write_table

NOTE = "erased.json"
"""Beside `data/`: `{"lines": how many}`."""
_DATA = "data"


@dataclass(slots=True)
class Words:
    """What a customer's words have become: lines as `(kind, text)`, questions of entries as
    `(key, text)`."""

    lines: set[tuple[str, str]] = field(default_factory=set)
    questions: set[tuple[str, str]] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.lines or self.questions)

    def of(self, *kinds: str) -> set[str]:
        """The texts of lines of these kinds."""
        return {text for kind, text in self.lines if kind in kinds}

    @property
    def said(self) -> set[str]:
        """All texts, as the classifier's list of wishes has them."""
        texts = {text for _, text in (*self.lines, *self.questions)}
        return texts | {unmarked(text) for text in texts}


def take_out(releases: Path, words: Words) -> dict[int, int]:
    """Take lines out of the data of all releases.

    Gives how many each release lacks by now, of those that have lost any. Once more is harmless; a
    crash in between leaves whole files, and what is left is taken out the next time.
    """
    found: dict[int, int] = {}
    for data in sorted(releases.glob(f"*/{_DATA}")):
        folder = data.parent
        lacking = _noted(folder) + _take_out(folder, words)
        if lacking:
            _write(folder / NOTE, json.dumps({"lines": lacking}))
        if lacking and folder.name.isdecimal():
            found[int(folder.name)] = lacking
    return found


def _noted(folder: Path) -> int:
    try:
        return int(json.loads((folder / NOTE).read_text("utf-8"))["lines"])
    except FileNotFoundError:
        return 0


def _take_out(folder: Path, words: Words) -> int:
    data = folder / _DATA
    count = sum(
        _out_of_examples(path, part, words.of(part))
        for part, path in (
            ("intent", data / "intents" / "examples.yml"),
            ("synonym", data / "intents" / "synonyms.yml"),
        )
    )
    count += _out_of_table(data / "triage" / "requests.tsv", words.of("triage"))
    count += _out_of_table(data / "human" / "requests.tsv", words.of("human"))
    count += sum(_out_of_words(path, words.of("word")) for path in (data / "lexicon").glob("*.txt"))
    count += _out_of_entries(data / "knowledge.json", words.questions)
    if count:
        _out_of_table(folder / LEARNED, words.said)
        shutil.rmtree(data / BUILT, ignore_errors=True)
    return count


def _out_of_examples(path: Path, part: str, texts: Collection[str]) -> int:
    if not texts or not path.exists():
        return 0
    blocks = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)["nlu"]
    lines = [
        Example(block[part], line.removeprefix("- "))
        for block in blocks
        for line in block["examples"].splitlines()
    ]
    kept = [line for line in lines if line.text not in texts]
    if len(kept) < len(lines):
        _write(path, examples_text(kept, part))
    return len(lines) - len(kept)


def _out_of_table(path: Path, texts: Collection[str]) -> int:
    if not texts or not path.exists():
        return 0
    table = read_table(path, ("text",))
    kept = [line.cells for line in table.lines if line.cells["text"] not in texts]
    if len(kept) < len(table.lines):
        rows = [[cells[name] for name in table.columns] for cells in kept]
        beside = path.with_suffix(".new")
        write_table(beside, table.columns, rows)
        beside.replace(path)
    return len(table.lines) - len(kept)


def _out_of_words(path: Path, texts: Collection[str]) -> int:
    lines = path.read_text("utf-8").splitlines(keepends=True) if texts else []
    kept = [line for line in lines if line.split(" ")[0] not in texts]
    if len(kept) < len(lines):
        _write(path, "".join(kept))
    return len(lines) - len(kept)


def _out_of_entries(path: Path, questions: Iterable[tuple[str, str]]) -> int:
    gone = set(questions)
    if not gone or not path.exists():
        return 0
    entries: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    count = 0
    for entry in entries:
        kept = [each for each in entry["questions"] if (entry["key"], each) not in gone]
        count += len(entry["questions"]) - len(kept)
        entry["questions"] = kept
    if count:
        _write(path, json.dumps(entries, ensure_ascii=False, indent=1))
    return count


def _write(path: Path, content: str) -> None:
    """Put a whole file in the place of another."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
    Path(beside).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
    Path(beside).replace(path)
