"""What the desk comes with, in `nlu_data/` and `bot/domain/`: read, never written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from api.learning.material.texts import clean, digest
from api.settings import REPOSITORY
from classifier.data import read_table
from classifier.labels import TARGETS
from classifier.wishes import LABEL, TEXT

NLU_DATA = REPOSITORY / "nlu_data"
DOMAIN = REPOSITORY / "bot" / "domain"
PRODUCT = "product"
"""Label of words that name goods: the bot finds them in messages."""
_READER = b"1"
"""Counted up when a later version reads the same files differently."""
_PARTS = ("intents", "triage", "human", "lexicon")


@dataclass(frozen=True, slots=True)
class BundledLine:
    """A line as `TrainingLine` keeps it."""

    kind: str
    label: str
    text: str
    labels: dict[str, str | int] = field(default_factory=dict)

    @property
    def digest(self) -> bytes:
        """Which text it is."""
        return digest(self.kind, self.text)


def bundle_hash(folder: Path = NLU_DATA) -> str:
    """SHA-256 over all files that lines and intents are read from."""
    total = hashlib.sha256(_READER)
    found = [folder / "intents.yml", *(p for part in _PARTS for p in (folder / part).iterdir())]
    for path in sorted(found):
        total.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def read_lines(folder: Path = NLU_DATA) -> list[BundledLine]:
    """All lines in the order of the files; of a text that stands twice the first."""
    found: dict[tuple[str, bytes], BundledLine] = {}
    for read in (_intents, _triage, _human, _words):
        for line in read(folder):
            found.setdefault((line.kind, line.digest), line)
    return list(found.values())


@cache
def intent_kinds(folder: Path = NLU_DATA) -> Mapping[str, str]:
    """The kind of each bundled intent."""
    by_kind = _read_yaml(folder / "intents.yml")
    return {name: kind for kind, names in by_kind.items() for name in names}


@cache
def entities() -> Sequence[str]:
    """Names of the entities the bot knows."""
    return tuple(_read_yaml(DOMAIN / "intents.yml")["entities"])


def read_examples(path: Path) -> Iterator[tuple[str, str]]:
    """`(intent, line)` of a Rasa file."""
    for block in _read_yaml(path)["nlu"]:
        for line in block["examples"].splitlines():
            if text := clean(line.strip().removeprefix("- ")):
                yield block["intent"], text


def _intents(folder: Path) -> Iterator[BundledLine]:
    for path in sorted((folder / "intents").glob("*.yml")):
        for intent, text in read_examples(path):
            yield BundledLine("intent", intent, text)


def _triage(folder: Path) -> Iterator[BundledLine]:
    for path in sorted((folder / "triage").glob("*.tsv")):
        for line in read_table(path, ("text", *TARGETS)).lines:
            labels: dict[str, str | int] = {target: line.cells[target] for target in TARGETS}
            yield BundledLine("triage", line.cells["category"], clean(line.cells["text"]), labels)


def _human(folder: Path) -> Iterator[BundledLine]:
    for path in sorted((folder / "human").glob("*.tsv")):
        for line in read_table(path, (TEXT, LABEL)).lines:
            yield BundledLine("human", line.cells[LABEL], clean(line.cells[TEXT]))


def _words(folder: Path) -> Iterator[BundledLine]:
    """`word frequency tag`; the words of `products.txt` name goods."""
    for path in sorted((folder / "lexicon").glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            word, frequency, tag = line.split()
            label = PRODUCT if path.stem == "products" else tag
            yield BundledLine("word", label, word, {"frequency": int(frequency)})


def _read_yaml(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
