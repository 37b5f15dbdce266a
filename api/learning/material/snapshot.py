"""Everything a training reads, from the database into a folder: the same data, the same files.

What stands in `nlu_data/` seeds the database and is not read here, but for the held-out sets, which
are frozen. Rules, forms and actions are files of the bot; intents of one's own get a rule each.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select

from api.db import Transaction
from api.knowledge import service as knowledge
from api.learning.material import bot_files, rasa_files
from api.learning.material.bundle import NLU_DATA, PRODUCT, intent_kinds, read_lines
from api.learning.material.names import LEAST_EXAMPLES
from api.learning.material.rasa_files import Example
from api.models import Intent, ResponseText, TrainingLine
from api.settings import REPOSITORY
from classifier.data import write_table
from classifier.labels import TARGETS
from classifier.wishes import LABEL, TEXT

BUILT = "built"
"""Folder beside a snapshot's own for what the training builds from it."""
_PATHS = "nlu_data/"
"""How files of the material are called in config.yml."""


@dataclass(frozen=True, slots=True)
class Line:
    """An active line."""

    kind: str
    label: str
    text: str
    labels: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Material:
    """What is learned from, in a fixed order."""

    lines: Sequence[Line]
    own: Sequence[bot_files.OwnIntent]
    """Intents that do not come with the bot and have enough examples."""
    absent: frozenset[str]
    """Bundled intents that are switched off."""
    responses: dict[str, list[str]]
    """Texts that stand in place of the bundled ones."""
    entries: Sequence[knowledge.TrainingEntry]

    def of(self, kind: str) -> list[Line]:
        """The lines of a kind."""
        return [line for line in self.lines if line.kind == kind]

    @property
    def counts(self) -> dict[str, int]:
        """Lines by what they teach (`Release.data_counts`)."""
        kinds = Counter(line.kind for line in self.lines)
        faq = sum(1 + len(entry.questions) for entry in self.entries)
        return {"faq": faq, **dict(sorted(kinds.items()))}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was written: SHA-256 of it all, and how many lines of what."""

    data_hash: str
    data_counts: dict[str, int]


async def read(tx: Transaction) -> Material:
    """What is learned from now."""
    query = select(
        TrainingLine.kind,
        TrainingLine.label,
        TrainingLine.digest,
        TrainingLine.text,
        TrainingLine.labels,
    ).where(TrainingLine.state == "active")
    lines = _in_order(
        (digest, Line(kind, label, text, labels))
        for kind, label, digest, text, labels in (await tx.execute(query)).all()
    )
    intents = (await tx.scalars(select(Intent).order_by(Intent.name))).all()
    texts = {row.key: row.texts for row in (await tx.scalars(select(ResponseText))).all()}
    examples = Counter(line.label for line in lines if line.kind == "intent")
    bundled = intent_kinds()
    own = [
        bot_files.OwnIntent(intent.name, intent.kind, texts.get(f"utter_{intent.name}", []))
        for intent in intents
        if intent.name not in bundled and intent.active and examples[intent.name] >= LEAST_EXAMPLES
    ]
    absent = frozenset(it.name for it in intents if it.name in bundled and not it.active)
    known = (bundled.keys() - absent) | {intent.name for intent in own}
    return Material(
        lines=[line for line in lines if line.kind != "intent" or line.label in known],
        own=own,
        absent=absent,
        responses={key: found for key, found in sorted(texts.items()) if found},
        entries=await knowledge.training_entries(tx),
    )


def bundled(entries: Sequence[knowledge.TrainingEntry]) -> Material:
    """What a new desk with these entries learns from."""
    lines = ((it.digest, Line(it.kind, it.label, it.text, it.labels)) for it in read_lines())
    return Material(_in_order(lines), [], frozenset(), {}, entries)


def write(folder: Path, material: Material) -> Snapshot:
    """Write all of it into the new folder `folder`."""
    folder.mkdir(parents=True)
    shutil.copytree(NLU_DATA / "held_out", folder / "held_out")
    _write_lines(folder, material)
    bot_files.write(folder / "bot", material.own, material.absent, material.responses)
    config = (REPOSITORY / "config.yml").read_text("utf-8")
    config = bot_files.fitted_config(config, material.own, synonyms=bool(material.of("synonym")))
    (folder / "config.yml").write_text(config, "utf-8")
    entries = [asdict(entry) for entry in material.entries]
    (folder / "knowledge.json").write_text(
        json.dumps(entries, ensure_ascii=False, indent=1), "utf-8"
    )
    return Snapshot(data_hash(folder), material.counts)


def data_hash(folder: Path) -> str:
    """SHA-256 over a snapshot, without what the training builds from it."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] != BUILT:
            total.update(str(name).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def training_config(folder: Path) -> Path:
    """Rasa's configuration for a snapshot: its word lists are read, not those of the repository."""
    built = folder / BUILT
    built.mkdir(exist_ok=True)
    path = built / "config.yml"
    text = (folder / "config.yml").read_text("utf-8")
    path.write_text(text.replace(_PATHS, f"{folder}/"), "utf-8")
    return path


def _in_order(lines: Iterable[tuple[bytes, Line]]) -> list[Line]:
    """By kind and label, then by digest: an order that says nothing about when a line was added."""
    found = sorted(lines, key=lambda pair: (pair[1].kind, pair[1].label, pair[0]))
    return [line for _, line in found]


def _write_lines(folder: Path, material: Material) -> None:
    for part in ("intents", "triage", "human", "lexicon"):
        (folder / part).mkdir()
    examples = [Example(line.label, line.text) for line in material.of("intent")]
    rasa_files.write_examples(folder / "intents" / "examples.yml", examples)
    synonyms = [Example(line.label, line.text) for line in material.of("synonym")]
    if synonyms:
        rasa_files.write_examples(folder / "intents" / "synonyms.yml", synonyms, "synonym")
    if requests := material.of("triage"):
        rows = [[it.text, *(str(it.labels.get(name, "")) for name in TARGETS)] for it in requests]
        write_table(folder / "triage" / "requests.tsv", ("text", *TARGETS), rows)
    if wishes := material.of("human"):
        rows = [[line.text, line.label] for line in wishes]
        write_table(folder / "human" / "requests.tsv", (TEXT, LABEL), rows)
    _write_lexicon(folder / "lexicon", material.of("word"), synonyms)


def _write_lexicon(folder: Path, words: Sequence[Line], synonyms: Sequence[Example]) -> None:
    """Words of goods in a file of their own, and what else those goods are called with them."""
    goods = [word for word in words if word.label == PRODUCT]
    names = {word.text for word in goods}
    others = [word for word in words if word.label != PRODUCT and word.text not in names]
    called = {it.text.lower() for it in synonyms if it.label in names and " " not in it.text}
    lines = [_entry(word.text, word.labels, "n") for word in goods]
    lines += [_entry(name, {}, "n") for name in sorted(called - names)]
    _write_words(folder / "products.txt", lines)
    kept = [word for word in others if word.text not in called]
    _write_words(folder / "words.txt", [_entry(it.text, it.labels, it.label) for it in kept])


def _entry(word: str, labels: dict[str, str | int], tag: str) -> str:
    return f"{word} {labels.get('frequency', bot_files.FREQUENCY)} {tag}"


def _write_words(path: Path, lines: Sequence[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
